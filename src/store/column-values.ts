/**
 * A chunk's values by column, read from the engine's memory. The client's own way makes an ArrayBuffer of each text and a BigInt of each
 * number; collecting those took a third of a long answer's time.
 */
import { type DuckDBDataChunk, DuckDBTypeId } from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { textValues } from './text-values.ts';

/** A BIGINT is a number where that is exact, else a bigint; other types' values are as the client gives them. */
export function columnValues(chunk: DuckDBDataChunk, types: readonly DuckDBTypeId[]): readonly (readonly unknown[])[] {
  const rows = chunk.rowCount;
  return types.map((type, column) => {
    const read = readers[type];
    if (!read) return chunk.getColumnValues(column);
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
    // A bit for each row; absent where no value is NULL.
    const valid = duckdb.vector_get_validity(vector, 8 * Math.ceil(rows / 64)) as Uint8Array | null;
    const isNull = (row: number) => valid !== null && ((valid[row >> 3] as number) & (1 << (row & 7))) === 0;
    return read(vector, rows, isNull);
  });
}

type Read = (vector: Vector, rows: number, isNull: (row: number) => boolean) => unknown[];

const readers: Readonly<Partial<Record<DuckDBTypeId, Read>>> = {
  [DuckDBTypeId.BIGINT]: longs,
  [DuckDBTypeId.DOUBLE]: doubles,
  [DuckDBTypeId.VARCHAR]: textValues,
};

/** The words' high halves of the whole numbers that a double holds exactly. */
const safeHigh = 2 ** 21;

function longs(vector: Vector, rows: number, isNull: (row: number) => boolean): unknown[] {
  const { buffer, byteOffset } = duckdb.vector_get_data(vector, 8 * rows);
  const words = new Int32Array(buffer, byteOffset, 2 * rows);
  const whole = new BigInt64Array(buffer, byteOffset, rows);
  const values: unknown[] = [];
  for (let row = 0; row < rows; row++) {
    if (isNull(row)) {
      values.push(null);
      continue;
    }
    const high = words[2 * row + 1] as number;
    if (high >= -safeHigh && high < safeHigh) values.push(high * 2 ** 32 + ((words[2 * row] as number) >>> 0));
    else values.push(whole[row]);
  }
  return values;
}

function doubles(vector: Vector, rows: number, isNull: (row: number) => boolean): unknown[] {
  const { buffer, byteOffset } = duckdb.vector_get_data(vector, 8 * rows);
  const items = new Float64Array(buffer, byteOffset, rows);
  const values: unknown[] = [];
  for (let row = 0; row < rows; row++) values.push(isNull(row) ? null : items[row]);
  return values;
}
