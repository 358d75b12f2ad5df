/**
 * Bodies → files of columns, in a thread of its own: that is as much work as all else that is done to read them. One body after the other. The
 * thread begins with the first body, and does not keep the process from ending.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { copyToShared } from '../../shared-bytes.ts';
import type { ColumnAnswer, ColumnRequest } from './column-worker.ts';
import { bytesBehind } from './flat-events.ts';

type Outcome = ColumnAnswer['outcome'];

export class ColumnReader {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, (outcome: Outcome) => void>();
  #next = 0;

  /** Begins the thread, which takes as long as to read some megabytes. */
  prepare(): Worker {
    this.#worker ??= this.#begin();
    return this.#worker;
  }

  /** What is in the file then; `left` as well when the thread has failed. Until then the lines stay as they are. */
  read({ lines, ...request }: Omit<ColumnRequest, 'id'>): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const id = this.#next++;
    this.#waiting.set(id, resolve);
    const worker = this.prepare();
    worker.ref();
    worker.postMessage({ ...request, id, lines: inSharedMemory(lines) } satisfies ColumnRequest);
    return promise;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #begin(): Worker {
    // As source and as it is published it has another extension.
    const worker = new Worker(new URL(`column-worker${path.extname(import.meta.filename)}`, import.meta.url));
    worker.unref();
    worker.on('message', ({ id, outcome }: ColumnAnswer) => this.#settle(id, outcome));
    worker.on('error', (error) => process.emitWarning(`Events are not read into columns: ${error.message}`));
    worker.on('exit', () => {
      this.#worker = undefined;
      for (const id of this.#waiting.keys()) this.#settle(id, 'left');
    });
    return worker;
  }

  #settle(id: number, outcome: Outcome): void {
    this.#waiting.get(id)?.(outcome);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker?.unref();
  }
}

function inSharedMemory(lines: Uint8Array): Uint8Array {
  if (lines.buffer instanceof SharedArrayBuffer) return lines;
  const shared = Buffer.from(new SharedArrayBuffer(lines.byteLength + bytesBehind));
  copyToShared(lines, shared, 0);
  return shared.subarray(0, lines.byteLength);
}
