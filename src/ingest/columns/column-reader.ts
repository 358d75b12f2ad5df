/**
 * Bodies → columns, in a thread of their own: it takes as long as everything else that is done to read them. One body after the other.
 * The thread begins with the first body, and does not keep the process from ending.
 */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Columns } from './body-reader.ts';
import type { ColumnAnswer, ColumnRequest } from './column-worker.ts';
import { bytesBehind } from './flat-events.ts';

export class ColumnReader {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, (columns: Columns | undefined) => void>();
  #next = 0;

  /** Begins the thread, which takes as long as to read a few megabytes. */
  prepare(): Worker {
    this.#worker ??= this.#begin();
    return this.#worker;
  }

  /** @returns undefined when the body has something that is not taken, or the thread has failed. Lines stay as they are until then. */
  read({ lines, ...request }: Omit<ColumnRequest, 'id'>): Promise<Columns | undefined> {
    const { promise, resolve } = Promise.withResolvers<Columns | undefined>();
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
    worker.on('message', ({ id, columns }: ColumnAnswer) => this.#settle(id, columns));
    worker.on('error', (error) => process.emitWarning(`Events are not read into columns: ${error.message}`));
    worker.on('exit', () => {
      this.#worker = undefined;
      for (const id of this.#waiting.keys()) this.#settle(id, undefined);
    });
    worker.unref();
    return worker;
  }

  #settle(id: number, columns: Columns | undefined): void {
    this.#waiting.get(id)?.(columns);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker?.unref();
  }
}

function inSharedMemory(lines: Uint8Array): Uint8Array {
  if (lines.buffer instanceof SharedArrayBuffer) return lines;
  const shared = new Uint8Array(new SharedArrayBuffer(lines.byteLength + bytesBehind));
  shared.set(lines);
  return shared.subarray(0, lines.byteLength);
}
