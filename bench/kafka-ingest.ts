/** Kafka's events in the store: read by a supervisor of a millrace process, rolled up by minute, durable with their offsets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type MillraceProcess, startMillrace } from '../test/services/millrace.ts';
import { benchFolder, dataSchema } from './events.ts';
import { peakRssBytes } from './server.ts';

/** As it is published, which `npm run build` makes: stripping the types of source at the start takes 17 MB that users do not spend. */
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

export interface Supervised {
  readonly server: MillraceProcess;
  /** How many of the topic's events are committed. */
  committed(): Promise<number>;
}

/** Calls back with a server that has just been given a supervisor for the topic, and nothing in its store. */
export async function withSupervisor<T>(
  bootstrapServers: string,
  topic: string,
  use: (supervised: Supervised) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(benchFolder, 'kafka-'));
  const server = await startMillrace({ command: ['serve'], port: await freePort(), data: folder, cli: program });
  try {
    const spec = {
      type: 'kafka',
      dataSchema,
      ioConfig: {
        topic,
        useEarliestOffset: true,
        startDelay: 'PT0S',
        consumerProperties: { 'bootstrap.servers': bootstrapServers },
      },
    };
    const url = `${server.url}/druid/indexer/v1/supervisor`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(spec),
    });
    if (!answer.ok) throw new Error(`the supervisor's spec was answered ${answer.status}: ${await answer.text()}`);
    const committed = async () => totalOf(await (await fetch(`${url}/${dataSchema.dataSource}/stats`)).json());
    return await use({ server, committed });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface IngestTask {
  readonly bootstrapServers: string;
  readonly topic: string;
  /** How many it holds. */
  readonly events: number;
}

export interface Ingested {
  /** From the answer to the spec until the last event is committed. */
  readonly seconds: number;
  readonly peakRssBytes: number | undefined;
}

export function ingestTopic({ bootstrapServers, topic, events }: IngestTask): Promise<Ingested> {
  return withSupervisor(bootstrapServers, topic, async ({ server, committed }) => {
    const start = performance.now();
    for (let count = await committed(); count < events; count = await committed()) {
      // Each look takes a few milliseconds of the cores that are measured.
      const isNear = count >= 0.9 * events;
      await new Promise((resolve) => setTimeout(resolve, isNear ? 10 : 100));
    }
    return { seconds: (performance.now() - start) / 1000, peakRssBytes: peakRssBytes(server.pid) };
  });
}

/** `{group: {task: {totals: {buildSegments: {processed}}}}}` */
function totalOf(stats: unknown): number {
  const groups = Object.values(stats as Record<string, Record<string, TaskStats>>);
  return groups
    .flatMap((tasks) => Object.values(tasks))
    .reduce((sum, { totals }) => sum + totals.buildSegments.processed, 0);
}

interface TaskStats {
  readonly totals: { readonly buildSegments: { readonly processed: number } };
}
