/** A real process that tests send what it should refuse, and that must go on all the same. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { freePort, type MillraceProcess, startMillrace } from '../services/millrace.ts';
import { temporaryFolder } from '../support/engine.ts';
import { post, type Reply } from './support.ts';

export let millrace: MillraceProcess;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
export let push: string;
export let ask: string;

export const time = '2026-01-01T00:00:00Z';
export const event = JSON.stringify({ time, url: '/a', n: 1 });
const known = '{"time":"2026-01-01T00:00:00Z","word":"known"}';

before(async () => {
  folder = await temporaryFolder();
  millrace = await startMillrace({ command: ['serve'], port: await freePort(), data: folder.path });
  push = `${millrace.url}/v1/post/pageviews`;
  ask = `${millrace.url}/druid/v2`;
  assert.equal((await post(push, event)).status, 200);
  assert.equal((await post(`${millrace.url}/v1/post/canary`, known)).status, 200);
});

after(async () => {
  await millrace.stop();
  await folder[Symbol.asyncDispose]();
});

export const timeseries = (overrides: object = {}) => ({
  queryType: 'timeseries',
  dataSource: 'pageviews',
  intervals: '2026/2027',
  granularity: 'all',
  aggregations: [{ type: 'count', name: 'rows' }],
  ...overrides,
});

export async function rowsOf(dataSource: string): Promise<number> {
  const { text } = await post(ask, JSON.stringify(timeseries({ dataSource })));
  return JSON.parse(text)[0]?.result.rows ?? 0;
}

/** The process lives, and its table of known rows is what it was. */
export async function requireAlive(): Promise<void> {
  const scan = { queryType: 'scan', dataSource: 'canary', intervals: '2026/2027', resultFormat: 'compactedList' };
  const { status, text } = await post(ask, JSON.stringify({ ...scan, columns: ['word'] }));
  assert.equal(status, 200, millrace.output());
  assert.deepEqual(JSON.parse(text)[0].events, [['known']]);
}

/** A refusal that names what is wrong, and never one of ours. */
export function requireRefusal({ status, text }: Reply, statuses: readonly number[], message: RegExp): void {
  assert.ok(statuses.includes(status), `${status}: ${text}`);
  assert.match(text, message);
  assert.doesNotMatch(text, /DEFENSIVE|Server error|node:|\.ts:|Parser Error|Binder Error|Catalog Error/);
}
