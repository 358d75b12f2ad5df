/** Bodies that are large enough to be read into columns, through the doors: what is in them counts as it does in small ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryBackend } from '../../support/backend.ts';

const count = 20_000;
const stamp = (i: number) => new Date(Date.UTC(2026, 0, 1) + 50 * i).toISOString();
const events = Array.from({ length: count }, (_, i) => ({
  time: stamp(i),
  page: `/${i % 7}`,
  status: i % 3 === 0 ? 404 : '200',
  ...(i % 5 > 0 && { ms: i - 100 }),
}));
const line = (event: object) => JSON.stringify(event);

const schema = {
  dataSource: 'views',
  timestampSpec: { column: 'time', format: 'auto' },
  dimensionsSpec: { dimensions: ['page', 'status'] },
  metricsSpec: [
    { type: 'count', name: 'views' },
    { type: 'longSum', name: 'ms', fieldName: 'ms' },
    { type: 'doubleMax', name: 'most', fieldName: 'ms' },
  ],
  granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute', rollup: true },
};

/** Of nothing but whole numbers: rolled up before the engine sees them, where each event has one. */
const wholeNumbers = {
  ...schema,
  metricsSpec: [...schema.metricsSpec.slice(0, 2), { type: 'longMax', name: 'most', fieldName: 'ms' }],
};
const withNumbers = events.map((event, i) => ({ ...event, ms: i - 100 }));

/** Bodies that are pushed at once go into the same commit, mostly. */
async function rowsOf(wanted: typeof schema, ...bodies: readonly string[]): Promise<string[]> {
  await using backend = await temporaryBackend();
  await backend.define(wanted);
  await Promise.all(bodies.map((body) => backend.push('views', body)));
  const rows = await backend.rows('views', ['__time', 'page', 'status', 'views', 'ms', 'most']);
  return rows.map((row) => JSON.stringify(row)).sort();
}

const bodyOf = (some: readonly object[]) => some.map(line).join('\n');

function rowsByHand(some: typeof events): string[] {
  const rows = new Map<string, unknown[]>();
  for (const { time, page, status, ms } of some) {
    const minute = Math.floor(Date.parse(time) / 60_000) * 60_000;
    const key = `${minute} ${page} ${status}`;
    const [, , , views = 0, sum = null, most = null] = (rows.get(key) ?? []) as (number | null)[];
    rows.set(key, [
      minute,
      page,
      String(status),
      Number(views) + 1,
      ms === undefined ? sum : Number(sum) + ms,
      ms === undefined ? most : Math.max(most ?? ms, ms),
    ]);
  }
  return [...rows.values()].map((row) => JSON.stringify(row)).sort();
}

test('a large body makes the rows that arithmetic says', async () => {
  assert(bodyOf(events).length > 2 ** 20, 'large enough');
  assert.deepEqual(await rowsOf(schema, bodyOf(events)), rowsByHand(events));
  assert.deepEqual(await rowsOf(wholeNumbers, bodyOf(withNumbers)), rowsByHand(withNumbers));
});

test('large bodies at once, of which some have events without a number: each event counts once', async () => {
  const viewsAndSum = (rows: readonly string[]) =>
    rows.map((row) => JSON.parse(row)).reduce(([views, sum], [, , , n, ms]) => [views + n, sum + (ms ?? 0)], [0, 0]);
  const bodies = [events, withNumbers, withNumbers, events];
  assert.deepEqual(
    viewsAndSum(await rowsOf(wholeNumbers, ...bodies.map(bodyOf))),
    viewsAndSum(bodies.flatMap(rowsByHand)),
  );
});

test('an event among them that is not kept is named, whether it is noticed while it is read or by counting', async () => {
  for (const bad of [line({ time: 'yesterday', page: '/' }), line({ page: '/' })]) {
    await using backend = await temporaryBackend();
    await backend.define(schema);
    const lines = events.map(line);
    for (const at of [12_345, 3]) {
      const outcome = await backend.push('views', lines.with(at, bad).join('\n'));
      assert.deepEqual(outcome.dropped, { unparseable: 1 });
      assert.deepEqual(outcome.droppedEvents, [{ event: at, reason: 'unparseable' }]);
    }
    const rows = await backend.rows('views', ['views']);
    assert.equal(
      rows.reduce((sum, [views]) => sum + Number(views), 0),
      2 * (count - 1),
    );
  }
});

test('a dimension that becomes another one between two bodies', async () => {
  const body = events.map(line).join('\n');
  await using backend = await temporaryBackend();
  await backend.define(schema);
  await backend.push('views', body);
  const dimensions = ['page', 'status', { type: 'long', name: 'ms2' }];
  await backend.define({ ...schema, dimensionsSpec: { dimensions } });
  await backend.push('views', events.map((event, i) => line({ ...event, ms2: i % 2 })).join('\n'));
  const rows = await backend.rows('views', ['ms2', 'views']);
  const views = new Map<unknown, number>();
  for (const [ms2, n] of rows) views.set(ms2, (views.get(ms2) ?? 0) + Number(n));
  assert.deepEqual(
    views,
    new Map<unknown, number>([
      [null, count],
      [0, count / 2],
      [1, count / 2],
    ]),
  );
});
