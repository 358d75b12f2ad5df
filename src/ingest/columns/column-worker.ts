/** The thread in which bodies become columns, see {@link ColumnReader}. */
import { isDeepStrictEqual } from 'node:util';
import { parentPort } from 'node:worker_threads';
import { BodyReader, type Columns, type Reading } from './body-reader.ts';

/** Lines lie in memory that both threads see, and stay as they are until the answer. */
export interface ColumnRequest {
  readonly id: number;
  readonly dataSource: string;
  readonly reading: Reading;
  readonly lines: Uint8Array;
  readonly events: number;
}

export interface ColumnAnswer {
  readonly id: number;
  /** Undefined when the body has something that is not taken. */
  readonly columns: Columns | undefined;
}

/** Readers that are kept, each with the memory of its columns. */
const maxReaders = 2;

/** By dataSource; the one used last is the last one. */
const readers = new Map<string, BodyReader>();

function readerOf(dataSource: string, reading: Reading): BodyReader {
  const known = readers.get(dataSource);
  readers.delete(dataSource);
  const reader = known && isDeepStrictEqual(known.reading, reading) ? known : new BodyReader(reading);
  readers.set(dataSource, reader);
  const [oldest] = readers.keys();
  if (readers.size > maxReaders && oldest !== undefined) readers.delete(oldest);
  return reader;
}

parentPort?.on('message', ({ id, dataSource, reading, lines, events }: ColumnRequest) => {
  const columns = readerOf(dataSource, reading).read(lines, events);
  const answer: ColumnAnswer = { id, columns };
  parentPort?.postMessage(answer, columns ? [columns.bytes.buffer] : []);
});
