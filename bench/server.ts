/** The server under load, started as a user starts it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type MillraceProcess, type StartOptions, startMillrace } from '../test/services/millrace.ts';
import { type BenchLoad, definition, minutes } from './events.ts';

export async function benchServerOptions(folder: string, load = minutes): Promise<StartOptions> {
  const file = join(folder, 'bench.json');
  writeFileSync(file, JSON.stringify(definition(await freePort(), load)));
  return { command: ['server', '-configFile', file], port: await freePort(), data: join(folder, 'data') };
}

export async function startBenchServer(folder: string, load: BenchLoad = minutes): Promise<MillraceProcess> {
  return startMillrace(await benchServerOptions(folder, load));
}

interface ClusterAddresses {
  readonly druid: string;
  readonly kafka: string;
}

/** With the load's file, so that its dataSource is made there. */
export async function startOnCluster(
  folder: string,
  load: BenchLoad,
  cluster: ClusterAddresses,
): Promise<MillraceProcess> {
  const { command, port } = await benchServerOptions(folder, load);
  return startMillrace({ command: [...command, ...onCluster(cluster)], port });
}

/** What asks and is asked, but has no file. */
export async function serveCluster(cluster: ClusterAddresses): Promise<MillraceProcess> {
  return startMillrace({ command: ['serve', ...onCluster(cluster)], port: await freePort() });
}

const onCluster = ({ druid, kafka }: ClusterAddresses) => ['--druid', druid, '--kafka', kafka];

/** The most that was ever resident; undefined where the system has no /proc. */
export const peakRssBytes = (pid: number): number | undefined => memoryBytes(pid, 'VmHWM');

export const rssBytes = (pid: number): number | undefined => memoryBytes(pid, 'VmRSS');

function memoryBytes(pid: number, what: string): number | undefined {
  try {
    const kilobytes = new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
