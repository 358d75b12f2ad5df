/** 2,000,000 rows are promoted while events are pushed all the while, several times: how often every row was there once, and how long it took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type MillraceProcess, startMillrace } from '../test/services/millrace.ts';
import type { BenchCluster } from './cluster.ts';
import { promote, promotedLoad } from './cluster-promote.ts';
import type { BenchLoad } from './events.ts';
import { withFilledFolder } from './folder.ts';
import { type Figure, median } from './report.ts';
import { benchServerOptions } from './server.ts';

const runs = 5;
const eventsPerBody = 100;
const pauseMs = 50;
/** Of so many events one is late, and changes a time chunk that may have been copied. */
const lateEvery = 20;
const lateTime = '2026-01-01T23:30:00.000Z';

interface Sums {
  readonly views: number;
  readonly bytes: number;
}

export async function livePromotionFigures(cluster: BenchCluster): Promise<Figure[]> {
  const seconds: number[] = [];
  let exact = 0;
  for (let run = 1; run <= runs; run++) {
    const load = { ...promotedLoad, dataSource: `promoted-live-${run}` };
    const outcome = await withFilledFolder(load.events, (folder) => promoteLive(cluster, load, folder), load);
    seconds.push(outcome.seconds);
    if (outcome.isExact) exact++;
  }
  const name = `promote, ${promotedLoad.name}, while ${(eventsPerBody * 1000) / pauseMs} events/s come`;
  return [
    { name: `${name}: runs of ${runs} with every row once`, value: exact, unit: '', goal: { atLeast: runs } },
    { name: `${name}: all of it`, value: median(seconds), unit: 's' },
  ];
}

async function promoteLive(
  cluster: BenchCluster,
  load: BenchLoad,
  folder: string,
): Promise<{ readonly seconds: number; readonly isExact: boolean }> {
  const { client } = cluster.druid;
  const { dataSource } = load;
  const server = await startMillrace(await benchServerOptions(folder, load));
  try {
    const before = await sumsOf(server, dataSource);
    const promoted = new AbortController();
    const [seconds, pushed] = await Promise.all([
      promote(cluster, load, server).finally(() => promoted.abort()),
      pushUntil(promoted.signal, server, dataSource),
    ]);
    const expected: Sums = {
      views: load.events + pushed,
      // Each brings its own number.
      bytes: before.bytes + (pushed * (pushed - 1)) / 2,
    };
    await client.untilSum(dataSource, 'views', expected.views);
    const [there] = await client.sql<Sums>(sumsQuery(dataSource));
    const isExact = there?.views === expected.views && there.bytes === expected.bytes;
    if (!isExact)
      console.error(`${dataSource}: ${JSON.stringify(there)} on Druid; ${JSON.stringify(expected)} expected`);
    return { seconds, isExact };
  } finally {
    await server.stop();
    await client.terminate(dataSource);
  }
}

const sumsQuery = (dataSource: string) => `SELECT SUM(views) AS views, SUM("bytes") AS "bytes" FROM "${dataSource}"`;

async function sumsOf({ url }: MillraceProcess, dataSource: string): Promise<Sums> {
  const rows = (await post(`${url}/druid/v2/sql`, JSON.stringify({ query: sumsQuery(dataSource) }))) as Sums[];
  return rows[0] as Sums;
}

/** How many events were acknowledged; none of them may be refused. */
async function pushUntil(signal: AbortSignal, { url }: MillraceProcess, dataSource: string): Promise<number> {
  let pushed = 0;
  while (!signal.aborted) {
    const time = new Date().toISOString();
    const events = Array.from({ length: eventsPerBody }, (_, i) => ({
      time: i % lateEvery === 0 ? lateTime : time,
      url: '/live',
      country: 'DE',
      device: 'mobile',
      latencyMs: 1,
      bytes: pushed + i,
    }));
    await post(`${url}/v1/post/${dataSource}`, events.map((event) => JSON.stringify(event)).join('\n'));
    pushed += eventsPerBody;
    await sleep(pauseMs);
  }
  return pushed;
}

async function post(url: string, body: string): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
