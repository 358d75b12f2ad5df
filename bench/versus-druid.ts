/**
 * The same data and the same queries, asked of millrace, of DuckDB alone, and of a real Druid 33 that is started beside them: the events
 * rolled up by minute, and rows in many segments. Druid has twice the threads that it chooses by itself, large buffers and heaps, the
 * collector G1 and no cache of results, as millrace has none.
 */
import { basename, dirname } from 'node:path';
import { DruidCluster } from '../test/services/druid/cluster.ts';
import type { ClusterSize } from '../test/services/druid/settings.ts';
import { type MillraceProcess, startMillrace } from '../test/services/millrace.ts';
import { ask } from './ask.ts';
import { type BenchLoad, dataSchemaOf, eventsFile, hours, minutes } from './events.ts';
import { withFilledFolder } from './folder.ts';
import { type BenchQuery, benchQueriesOf } from './queries.ts';
import { RawDuckDB } from './raw.ts';
import { type Figure, median } from './report.ts';
import { benchServerOptions, rssBytes } from './server.ts';

const size: ClusterSize = {
  heapMb: { coordinator: 512, historical: 2048, broker: 1024, middleManager: 64, peon: 2048 },
  directMb: 2048,
  bufferMb: 100,
  threads: 2,
  collector: 'G1',
};
const warmups = 10;
const runs = 40;
const clients = 16;
const clientsMs = 5_000;

export async function versusDruid(): Promise<Figure[]> {
  const druid = await DruidCluster.start(size);
  try {
    const figures: Figure[] = [];
    for (const load of [minutes, hours]) figures.push(...(await compareLoad(load, druid)));
    return figures;
  } finally {
    await druid.stop();
  }
}

async function compareLoad(load: BenchLoad, druid: DruidCluster): Promise<Figure[]> {
  const { path } = await eventsFile(load.events, load.msPerEvent);
  await druid.client.ingest(batchTask(load, path));
  const raw = new RawDuckDB();
  const { rows } = await raw.run({ ingest: path, rollup: load.rollup });
  const compare = async (folder: string) => {
    const server = await startMillrace(await benchServerOptions(folder, load));
    try {
      const figures: Figure[] = [];
      for (const query of benchQueriesOf(load))
        figures.push(...(await compareQuery(load, query, { server, druid, raw })));
      return [...figures, ...(await compareClients(load, server, druid)), ...compareMemory(load, server, druid)];
    } finally {
      await server.stop();
    }
  };
  try {
    return await withFilledFolder(rows, compare, load);
  } finally {
    await raw.close();
  }
}

/** Druid's own batch ingestion of the same events under the same schema. */
function batchTask(load: BenchLoad, path: string) {
  const { parser, ...schema } = dataSchemaOf(load);
  const { timestampSpec, dimensionsSpec } = parser.parseSpec;
  return {
    type: 'index',
    spec: {
      dataSchema: { ...schema, timestampSpec, dimensionsSpec },
      ioConfig: {
        type: 'index',
        inputSource: { type: 'local', baseDir: dirname(path), filter: basename(path) },
        inputFormat: { type: 'json' },
      },
      tuningConfig: { type: 'index', maxRowsPerSegment: 5_000_000 },
    },
  };
}

interface Engines {
  readonly server: MillraceProcess;
  readonly druid: DruidCluster;
  readonly raw: RawDuckDB;
}

async function compareQuery(load: BenchLoad, query: BenchQuery, { server, druid, raw }: Engines): Promise<Figure[]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const limits: number[] = [];
  for (let run = -warmups; run < runs; run++) {
    const [our, their] = [await ask(query, server.url), await ask(query, druid.broker)];
    const limit = await raw.run({ query: query.sql });
    const counts = new Set([our.rows, their.rows, limit.rows]);
    if (counts.size > 1) throw new Error(`${query.name}: millrace, Druid, DuckDB have ${[...counts].join(', ')} rows`);
    if (run < 0) continue;
    ours.push(our.ms);
    theirs.push(their.ms);
    limits.push(limit.ms);
  }
  const name = `${load.name}: ${query.name}`;
  const [druidMs, rawMs] = [median(theirs), median(limits)];
  return [
    { name: `${name}: Druid p50`, value: druidMs, unit: 'ms' },
    { name: `${name}: Druid p95`, value: p95(theirs), unit: 'ms' },
    { name: `${name}: raw DuckDB p50`, value: rawMs, unit: 'ms' },
    { name: `${name}: p50`, value: median(ours), unit: 'ms', goal: { atMost: druidMs / 3 } },
    { name: `${name}: p50 beside raw`, value: median(ours), unit: 'ms', goal: { atMost: 1.3 * rawMs + 2 } },
    { name: `${name}: p95`, value: p95(ours), unit: 'ms' },
  ];
}

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] as number;

async function compareClients(load: BenchLoad, server: MillraceProcess, druid: DruidCluster): Promise<Figure[]> {
  const theirs = await queriesPerSecond(load, druid.broker);
  const ours = await queriesPerSecond(load, server.url);
  const name = `${load.name}: ${clients} clients`;
  return [
    { name: `${name}: Druid`, value: theirs, unit: 'queries/s' },
    { name, value: ours, unit: 'queries/s', goal: { atLeast: 3 * theirs } },
  ];
}

/** Each client asks one query after the other, each of the bench's in turn. */
async function queriesPerSecond(load: BenchLoad, url: string): Promise<number> {
  const queries = benchQueriesOf(load);
  let answered = 0;
  const end = performance.now() + clientsMs;
  const client = async (first: number) => {
    for (let i = first; performance.now() < end; i++) {
      await ask(queries[i % queries.length] as BenchQuery, url);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, i) => client(i)));
  return answered / (clientsMs / 1000);
}

function compareMemory(load: BenchLoad, server: MillraceProcess, druid: DruidCluster): Figure[] {
  const megabytes = (pids: readonly number[]) =>
    pids.reduce((sum, pid) => sum + (rssBytes(pid) ?? Number.NaN), 0) / 2 ** 20;
  const theirs = megabytes(druid.pids);
  const name = `${load.name}: memory`;
  return [
    { name: `${name}, Druid`, value: theirs, unit: 'MB' },
    { name, value: megabytes([server.pid]), unit: 'MB', goal: { atMost: theirs / 5 } },
  ];
}
