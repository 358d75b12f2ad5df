/** The commands as processes, as users start them. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export const mainFile = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function runCommand(args: readonly string[], input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [mainFile, ...args]);
  const ended = collect(child);
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return ended;
}

export interface Serving {
  readonly child: ChildProcessWithoutNullStreams;
  /** Of Druid's endpoints. */
  readonly url: string;
  /** What stands on standard output until it serves. */
  readonly stdout: string;
  readonly ended: Promise<Ended>;
}

const servingLine = /Druid's endpoints on (http:\S+),/;

/** Starts a command that serves, on a free port; resolves when standard output says so, and what else it is to say. */
export async function startCommand(t: TestContext, args: readonly string[], alsoSays = servingLine): Promise<Serving> {
  const child = spawn(process.execPath, [mainFile, ...args, '--port', '0']);
  t.after(() => child.kill('SIGKILL'));
  const ended = collect(child);
  const stdout = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (servingLine.test(text) && alsoSays.test(text)) resolve(text);
    });
    ended.then(({ stderr }) => reject(new Error(`it ended before it served: ${stderr}`)), reject);
  });
  return { child, url: servingLine.exec(stdout)?.[1] as string, stdout, ended };
}

async function collect(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
