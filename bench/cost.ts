/**
 * What a long answer costs: a scan of 1,000,000 rows in every result format, the memory that the server takes for it, and what a small
 * query beside it waits; how evenly 50 clients at once are served; how soon a cancelled query has ended.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type MillraceProcess, startMillrace } from '../test/services/millrace.ts';
import { temporaryBenchFolder } from './folder.ts';
import { type Figure, median } from './report.ts';

const rows = 1_000_000;
const rowsPerBody = 20_000;
const firstTimeMs = Date.UTC(2026, 0, 1);
const clients = 50;
const clientsMs = 5_000;
const headers = { 'content-type': 'application/json' };

const intervals = '2026-01-01/2026-01-02';
const columns = ['__time', 'url', 'user', 'n', 'd'];
const scan = { queryType: 'scan', dataSource: 'rows', intervals, columns };
const sql = `SELECT ${columns.map((name) => `"${name}"`).join(', ')} FROM "rows"`;
const formats: readonly (readonly [string, string, object])[] = [
  ['scan list', '/druid/v2', scan],
  ['scan compactedList', '/druid/v2', { ...scan, resultFormat: 'compactedList' }],
  ...['object', 'array', 'objectLines', 'arrayLines', 'csv'].map(
    (resultFormat) => [`sql ${resultFormat}`, '/druid/v2/sql', { query: sql, resultFormat }] as const,
  ),
];
const small = {
  queryType: 'timeseries',
  dataSource: 'rows',
  granularity: 'all',
  intervals,
  filter: { type: 'selector', dimension: 'url', value: '/page-7' },
  aggregations: [{ type: 'count', name: 'rows' }],
};

export async function costBench(): Promise<Figure[]> {
  using folder = temporaryBenchFolder();
  const server = await startMillrace({ command: ['serve'], port: await freePort(), data: folder.path });
  try {
    await fill(server);
    for (let i = 0; i < 10; i++) await ask(server, '/druid/v2', small);
    const alone = [];
    for (let i = 0; i < 20; i++) alone.push(await ask(server, '/druid/v2', small));
    const figures: Figure[] = [{ name: 'small query alone: p50', value: median(alone), unit: 'ms' }];
    for (const format of formats) figures.push(...(await longAnswer(server, format)));
    return [...figures, ...(await many(server)), await cancelled(server)];
  } finally {
    await server.stop();
  }
}

async function fill(server: MillraceProcess): Promise<void> {
  for (let from = 0; from < rows; from += rowsPerBody) {
    const body = Array.from({ length: rowsPerBody }, (_, i) => event(from + i)).join('');
    const response = await fetch(`${server.url}/v1/post/rows`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(await response.text());
    await response.arrayBuffer();
  }
}

const event = (n: number) =>
  `{"time":${firstTimeMs + n * 20},"url":"/page-${n % 1000}","user":"u${(n * 7) % 50_000}","n":${n},"d":${n / 8}}\n`;

/** Milliseconds until the answer's end. */
async function ask(server: MillraceProcess, path: string, query: object): Promise<number> {
  const start = performance.now();
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(query) });
  if (!response.ok) throw new Error(await response.text());
  for await (const _piece of response.body ?? []);
  return performance.now() - start;
}

async function longAnswer(
  server: MillraceProcess,
  [name, path, query]: (typeof formats)[number],
): Promise<readonly Figure[]> {
  const before = residentBytes(server);
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, residentBytes(server));
  }, 5);
  const beside: number[] = [];
  let over = false;
  const answered = ask(server, path, query).finally(() => {
    over = true;
  });
  while (!over) beside.push(await ask(server, '/druid/v2', small));
  const ms = await answered;
  clearInterval(looking);
  return [
    { name: `${name}: rows`, value: rows / ms, unit: 'k/s' },
    { name: `${name}: memory`, value: (most - before) / 2 ** 20, unit: 'MB', goal: { atMost: 200 } },
    { name: `${name}: small query beside it, p50`, value: median(beside), unit: 'ms' },
  ];
}

const residentBytes = ({ pid }: MillraceProcess): number =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);

async function many(server: MillraceProcess): Promise<Figure[]> {
  const answers = Array.from({ length: clients }, () => 0);
  const end = performance.now() + clientsMs;
  await Promise.all(
    answers.map(async (_, client) => {
      while (performance.now() < end) {
        await ask(server, '/druid/v2', small);
        answers[client] = (answers[client] as number) + 1;
      }
    }),
  );
  const total = answers.reduce((sum, count) => sum + count, 0);
  const least = Math.min(...answers) / (total / clients);
  return [
    { name: `${clients} clients: queries`, value: total / (clientsMs / 1000), unit: '/s' },
    { name: `${clients} clients: least served, of its share`, value: 100 * least, unit: '%', goal: { atLeast: 70 } },
  ];
}

/** A query that would take hours. */
async function cancelled(server: MillraceProcess): Promise<Figure> {
  const query = 'SELECT COUNT(*) FROM "rows" a CROSS JOIN "rows" b WHERE a.n + b.n = 7';
  const context = { sqlQueryId: 'long' };
  const body = JSON.stringify({ query, context });
  const answered = fetch(`${server.url}/druid/v2/sql`, { method: 'POST', headers, body });
  await sleep(500);
  const start = performance.now();
  await fetch(`${server.url}/druid/v2/sql/long`, { method: 'DELETE' });
  await (await answered).arrayBuffer();
  return {
    name: 'cancel: until the query has ended',
    value: performance.now() - start,
    unit: 'ms',
    goal: { atMost: 250 },
  };
}
