/** `millrace mirror` as a process, as users start it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mainFile, temporaryFolder } from './support.ts';

export function propertiesFile(t: TestContext, name: string, lines: readonly string[]): string {
  const file = join(temporaryFolder(t), name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** MirrorMaker 2's file of one flow, from `in` to `out`, of the topic `orders`. */
export function ordersFile(
  t: TestContext,
  { source, target }: { readonly source: string; readonly target: string },
  ...more: readonly string[]
): string {
  return propertiesFile(t, 'mm2.properties', [
    'clusters = in, out',
    `in.bootstrap.servers = ${source}`,
    `out.bootstrap.servers = ${target}`,
    'in->out.enabled = true',
    'in->out.topics = orders',
    'replication.factor = 1',
    'sync.topic.acls.enabled = false',
    ...more,
  ]);
}

const metricsLine = /metrics on (http:\S+)\/metrics/;
const patienceMs = 60_000;

export class MirrorCommand {
  readonly #child;
  #stdout = '';
  #stderr = '';
  #hasEnded = false;

  /** With a port for its metrics. */
  constructor(t: TestContext, ...args: string[]) {
    this.#child = spawn(process.execPath, [mainFile, 'mirror', ...args, '--port', '0']);
    this.#child.stdout.on('data', (chunk) => {
      this.#stdout += chunk;
    });
    this.#child.stderr.on('data', (chunk) => {
      this.#stderr += chunk;
    });
    this.#child.on('close', () => {
      this.#hasEnded = true;
    });
    t.after(() => this.#child.kill('SIGKILL'));
  }

  get stdout(): string {
    return this.#stdout;
  }

  /** What it logged, an entry a line. */
  get log(): readonly { readonly msg: string }[] {
    // The last one may not be whole yet.
    const lines = this.#stderr
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line));
  }

  async get(path: string): Promise<Response> {
    await this.#until(async () => metricsLine.test(this.#stdout), 'it serves metrics');
    return fetch(`${metricsLine.exec(this.#stdout)?.[1]}${path}`);
  }

  /** Until its metrics have a line like this. */
  measures(pattern: RegExp): Promise<void> {
    const matches = async () => pattern.test(await (await this.get('/metrics')).text());
    return this.#until(matches, `metrics match ${pattern}`);
  }

  /** Its exit code after Ctrl-C. @param meanwhile is done once it knows that it is to stop. */
  async stop(meanwhile = () => {}): Promise<number | null> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGINT');
    await this.#until(async () => this.log.some(({ msg }) => msg.startsWith('stopping')), 'it stops');
    meanwhile();
    await ended;
    return this.#child.exitCode;
  }

  async #until(isSo: () => Promise<boolean>, what: string): Promise<void> {
    const giveUpAt = Date.now() + patienceMs;
    while (!(await isSo())) {
      if (this.#hasEnded || Date.now() > giveUpAt)
        throw new Error(`waited for: ${what}\n${this.#stdout}\n${this.#stderr.slice(-3000)}`);
      await sleep(50);
    }
  }
}
