/** The server under load, started as a user starts it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type MillraceProcess, type StartOptions, startMillrace } from '../test/services/millrace.ts';
import { definition } from './events.ts';

export async function benchServerOptions(folder: string): Promise<StartOptions> {
  const file = join(folder, 'bench.json');
  writeFileSync(file, JSON.stringify(definition(await freePort())));
  return { command: ['server', '-configFile', file], port: await freePort(), data: join(folder, 'data') };
}

export async function startBenchServer(folder: string): Promise<MillraceProcess> {
  return startMillrace(await benchServerOptions(folder));
}

/** The most that was ever resident; undefined where the system has no /proc. */
export function peakRssBytes(pid: number): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
