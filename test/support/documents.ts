/**
 * The commands of a document, run as they stand in a folder of their own: `sh` is run, `sh server` is started and kept, and
 * `json output` or `text output` is what the commands before it print (of a JSON object at least the members shown).
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../services/millrace.ts';

/** Of this checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
const guides = ['README.md', ...globSync('docs/guides/*.md', { cwd: root }).sort()];
const speaksOf = (document: string, names: RegExp) => names.test(readFileSync(join(root, document), 'utf8'));
const isOfCluster = (document: string) => speaksOf(document, /\$(?:DRUID|KAFKA)\b/);
const isOfMirror = (document: string) => speaksOf(document, /\$(?:INTERNAL|EXTERNAL)\b/);

/** The README and the guides: those that take a cluster speak of `$DRUID` or `$KAFKA`, those that take two of `$INTERNAL` and `$EXTERNAL`. */
export const documents = {
  alone: guides.filter((document) => !isOfCluster(document) && !isOfMirror(document)),
  onCluster: guides.filter(isOfCluster),
  onTwoClusters: guides.filter(isOfMirror),
};

interface Block {
  readonly line: number;
  /** What stands behind the opening fence. */
  readonly info: string;
  readonly text: string;
}

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(({ 1: info = '', 2: text = '', index }) => ({
    line: markdown.slice(0, index).split('\n').length,
    info: info.trim(),
    text,
  }));
}

/** A folder in which `millrace` is this checkout's, on ports that are free. */
class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'millrace-docs-'));
  readonly #ports: Readonly<Record<string, number>>;
  readonly #variables: Readonly<Record<string, string>>;
  #server: ChildProcess | undefined;

  private constructor(ports: Readonly<Record<string, number>>, { variables = {}, programs = {} }: Surroundings) {
    this.#ports = ports;
    this.#variables = variables;
    const millrace = `'${process.execPath}' '${root}src/cli/main.ts'`;
    const shim = `
      case "$1" in
        serve|server|kafka|demo) exec ${millrace} "$@" --port ${ports[8888]} ;;
        realtime) exec ${millrace} "$@" --port ${ports[8084]} ;;
        query) exec ${millrace} "$@" --url http://localhost:${ports[8888]} ;;
        promote) exec ${millrace} "$@" --server http://localhost:${ports[8888]} ;;
        *) exec ${millrace} "$@" ;;
      esac`;
    for (const [name, script] of Object.entries({ ...programs, millrace: shim }))
      writeFileSync(join(this.folder, name), `#!/bin/sh\n${script}`, { mode: 0o755 });
  }

  static async open(surroundings: Surroundings): Promise<Workplace> {
    const ports = { 8888: await freePort(), 8200: await freePort(), 8084: await freePort() };
    return new Workplace(ports, surroundings);
  }

  /** Runs the commands and gives what they print; fails when one of them does. */
  async run(commands: string): Promise<string> {
    const shell = this.#shell(commands);
    const [printed, complaints] = await Promise.all([textOf(shell.stdout), textOf(shell.stderr), once(shell, 'exit')]);
    assert.equal(shell.exitCode, 0, `the commands failed:\n${commands}\n${printed}${complaints}`);
    return printed;
  }

  async startServer(command: string): Promise<void> {
    await this.#stopServer();
    const server = this.#shell(`exec ${command}`);
    this.#server = server;
    const complaints = textOf(server.stderr);
    server.stdout?.resume();
    const port = this.#ports[command.startsWith('millrace realtime') ? 8084 : 8888];
    while (!(await isHealthy(port))) {
      if (server.exitCode !== null) assert.fail(`the server ended:\n${command}\n${await complaints}`);
      await sleep(20);
    }
  }

  async close(): Promise<void> {
    await this.#stopServer();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #stopServer(): Promise<void> {
    if (!this.#server || this.#server.exitCode !== null) return;
    const ended = once(this.#server, 'exit');
    this.#server.kill('SIGTERM');
    await ended;
  }

  #shell(commands: string): ChildProcess {
    const text = commands.replaceAll(/\b(?:8888|8200|8084)\b/g, (port) => String(this.#ports[port]));
    const env = { ...process.env, ...this.#variables, PATH: `${this.folder}${delimiter}${process.env.PATH}` };
    return spawn('bash', ['-euo', 'pipefail', '-c', text], {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

async function isHealthy(port: number | undefined): Promise<boolean> {
  const response = await fetch(`http://localhost:${port}/status/health`).catch(() => undefined);
  return response?.ok ?? false;
}

async function textOf(stream: ChildProcess['stdout']): Promise<string> {
  return (await stream?.setEncoding('utf8').toArray())?.join('') ?? '';
}

/** Whether all that is shown is there; lists have no more items than shown. */
function showsOf(shown: unknown, actual: unknown): boolean {
  if (typeof shown !== 'object' || shown === null || typeof actual !== 'object' || actual === null)
    return shown === actual;
  if (Array.isArray(shown)) {
    return (
      Array.isArray(actual) && shown.length === actual.length && shown.every((item, i) => showsOf(item, actual[i]))
    );
  }
  return Object.entries(shown).every(([name, value]) => showsOf(value, (actual as Record<string, unknown>)[name]));
}

/** What the commands find beside `millrace`. */
export interface Surroundings {
  readonly variables?: Readonly<Record<string, string>>;
  /** Shell scripts by the names of programs. */
  readonly programs?: Readonly<Record<string, string>>;
}

/** Fails where the document does not say what is. */
export async function follow(document: string, t: TestContext, surroundings: Surroundings = {}): Promise<void> {
  const workplace = await Workplace.open(surroundings);
  t.after(() => workplace.close());
  let printed = '';
  for (const { info, text, line } of blocksOf(readFileSync(join(root, document), 'utf8'))) {
    if (info === 'sh server') await workplace.startServer(text);
    if (info === 'sh') printed = await workplace.run(text);
    if (info === 'text output') assert.equal(printed.trim(), text.trim(), `${document}:${line}`);
    if (info === 'json output' && !showsOf(JSON.parse(text), JSON.parse(printed))) {
      assert.fail(`${document}:${line} shows\n${text}but the commands print\n${printed}`);
    }
  }
}
