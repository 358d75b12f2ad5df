/** The server under load, started as a user starts it. */
import { writeFileSync } from 'node:fs';
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
