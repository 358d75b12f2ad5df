/** A real millrace in its own process, for tests, benches and the documentation's commands. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const sourceCli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface MillraceProcess {
  readonly url: string;
  readonly pid: number;
  /** What it wrote to stdout and stderr so far. */
  output(): string;
  /** Sends the signal and waits for the end; the exit code, or null after a signal that it could not handle. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface StartOptions {
  /** `serve`, `server -configFile F`, `demo`. */
  readonly command: readonly string[];
  readonly port: number;
  /** The folder of its data; not given to one on a cluster, which has none. */
  readonly data?: string;
  /** The command line's main file; by default the one in src. */
  readonly cli?: string;
}

const given = new Set<number>();

/** A port that was free a moment ago, and was not given to another server of this process. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}

/** Starts a millrace without waiting until it is ready. */
export function spawnMillrace({ command, port, data, cli = sourceCli }: StartOptions): MillraceProcess {
  const where = ['--port', String(port), ...(data === undefined ? [] : ['--data', data])];
  const child = spawn(process.execPath, [cli, ...command, ...where], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(String(chunk)));
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid as number,
    output: () => output.join(''),
    stop: (signal = 'SIGTERM') => stop(child, signal),
  };
}

/** Starts a millrace and waits until it says that it is healthy. */
export async function startMillrace(options: StartOptions): Promise<MillraceProcess> {
  const millrace = spawnMillrace(options);
  await answered(millrace, () => fetch(`${millrace.url}/status/health`));
  return millrace;
}

/** Asks again and again until the answer is a good one; gives up when the process is gone, or after a minute. */
export async function answered(millrace: MillraceProcess, ask: () => Promise<Response>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const response = await ask().catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok) return;
    if (!isRunning(millrace.pid)) break;
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  await millrace.stop('SIGKILL');
  throw new Error(`millrace did not answer at ${millrace.url}; it wrote:\n${millrace.output()}`);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}
