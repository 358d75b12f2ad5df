/** 2,000,000 rows of 24 hours: by Druid's own batch ingestion from a file, and by `millrace promote` from a data folder. */
import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type MillraceProcess, startMillrace } from '../test/services/millrace.ts';
import type { BenchCluster } from './cluster.ts';
import { type BenchLoad, dataSchemaOf, eventCount, eventsFile } from './events.ts';
import { withFilledFolder } from './folder.ts';
import type { Figure } from './report.ts';
import { benchServerOptions } from './server.ts';

export const promotedLoad: BenchLoad = {
  name: '2,000,000 rows in 24 hours',
  dataSource: 'promoted',
  events: eventCount,
  msPerEvent: 43,
  rollup: false,
  segments: 24,
  interval: ['2026-01-01', '2026-01-02'],
};
/** What Druid has ingested itself. */
export const ingested: BenchLoad = { ...promotedLoad, dataSource: 'ingested' };
const cli = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

export async function promoteFigures(cluster: BenchCluster): Promise<Figure[]> {
  const { client } = cluster.druid;
  const load = promotedLoad;
  const { path } = await eventsFile(load.events, load.msPerEvent);
  const theirs = await seconds(() => client.ingest(batchTask(path)));
  const ours = await withFilledFolder(
    load.events,
    async (folder) => {
      const server = await startMillrace(await benchServerOptions(folder, load));
      try {
        return await promote(cluster, load, server);
      } finally {
        await server.stop();
        await client.terminate(load.dataSource);
      }
    },
    load,
  );
  return [
    { name: `promote, ${load.name}: Druid's own batch ingestion`, value: theirs, unit: 's' },
    { name: `promote, ${load.name}: all of it`, value: ours, unit: 's', goal: { atMost: 1.2 * theirs } },
  ];
}

/** As its users do it; how many seconds it took. */
export function promote(
  { druid, kafka }: BenchCluster,
  { dataSource }: BenchLoad,
  server: MillraceProcess,
): Promise<number> {
  const args = ['promote', dataSource, '--druid', druid.router, '--kafka', kafka, '--server', server.url];
  return seconds(() => promisify(execFile)(process.execPath, [cli, ...args]));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (performance.now() - startMs) / 1000;
}

/** The same rows under the same schema, out of the file of the events. */
function batchTask(path: string) {
  const { parser, ...schema } = dataSchemaOf(ingested);
  const { timestampSpec, dimensionsSpec } = parser.parseSpec;
  const type = 'index_parallel';
  return {
    type,
    spec: {
      dataSchema: { ...schema, timestampSpec, dimensionsSpec },
      ioConfig: {
        type,
        inputSource: { type: 'local', baseDir: dirname(path), filter: basename(path) },
        inputFormat: { type: 'json' },
      },
      tuningConfig: { type, partitionsSpec: { type: 'dynamic' }, maxNumConcurrentSubTasks: 1 },
    },
  };
}
