/** The thread in which bodies become columns, see {@link ColumnReader}. */
import { ftruncateSync, writevSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { BodyReader, type ColumnPlan } from './body-reader.ts';

/** Lines lie in memory that both threads see, and stay as they are until the answer. */
export interface ColumnRequest {
  readonly id: number;
  readonly dataSource: string;
  readonly plan: ColumnPlan;
  readonly lines: Uint8Array;
  readonly events: number;
  /** Of the file that the columns go to. */
  readonly descriptor: number;
}

export interface ColumnAnswer {
  readonly id: number;
  /** `left`: the body has something that is not taken. `unwritten`: there was no room for the file. */
  readonly outcome: 'events' | 'rows' | 'left' | 'unwritten';
}

/** Readers that are kept, each with the memory of its columns. */
const maxReaders = 2;

/** By dataSource; the one used last is the last one. */
const readers = new Map<string, BodyReader>();

function readerOf(dataSource: string, plan: ColumnPlan): BodyReader {
  const known = readers.get(dataSource);
  readers.delete(dataSource);
  const reader = known && isDeepStrictEqual(known.plan, plan) ? known : new BodyReader(plan);
  readers.set(dataSource, reader);
  const [oldest] = readers.keys();
  if (readers.size > maxReaders && oldest !== undefined) readers.delete(oldest);
  return reader;
}

function answer({ dataSource, plan, lines, events, descriptor }: ColumnRequest): ColumnAnswer['outcome'] {
  const columns = readerOf(dataSource, plan).read(lines, events);
  if (!columns) return 'left';
  const bytes = columns.parts.reduce((sum, part) => sum + part.byteLength, 0);
  try {
    if (writevSync(descriptor, columns.parts, 0) < bytes) return 'unwritten';
    ftruncateSync(descriptor, bytes);
  } catch {
    return 'unwritten';
  }
  return columns.isRolledUp ? 'rows' : 'events';
}

parentPort?.on('message', (request: ColumnRequest) => {
  parentPort?.postMessage({ id: request.id, outcome: answer(request) } satisfies ColumnAnswer);
});
