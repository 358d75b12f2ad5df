/** A process that runs with a folder of its own, which goes with it: what is measured beside others of its kind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class FolderProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-process-'));
  readonly #child: ChildProcess;
  #output = '';

  /** @param files are written into the folder, in which it runs: their texts by name. */
  constructor(command: string, args: readonly string[], files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#folder, name), text);
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.#folder });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-20_000);
      });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** The last of what it wrote, errors too. */
  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Kills it: what it had to tell was told. @param signal for one that is to finish what it does. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.hasEnded) {
      const ended = once(this.#child, 'exit');
      this.#child.kill(signal);
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
