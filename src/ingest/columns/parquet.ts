/**
 * Columns → a Parquet file of one row group, as the engine reads it fastest: uncompressed, texts as numbers of whole bytes into a dictionary.
 *
 *   "PAR1" { [dictionary page] data page } footer (FileMetaData) its length "PAR1"
 *   page => PageHeader values
 *   values of texts => width, in bits, and one run of bit-packed ids; where there are nulls, a run of bits comes before
 *
 * https://parquet.apache.org/docs/file-format/
 */
import type { FieldKind } from './flat-column.ts';
import type { Texts } from './texts.ts';
import { ThriftStruct } from './thrift.ts';

const types = { int64: 2, byteArray: 6 } as const;
const repetitions = { required: 0, optional: 1 } as const;
const convertedTypes = { utf8: 0, timestampMillis: 9 } as const;
const encodings = { plain: 0, rle: 3, rleDictionary: 8 } as const;
const pageTypes = { data: 0, dictionary: 2 } as const;
const uncompressed = 0;

const magic = Buffer.from('PAR1');

/** What a column of the file is made of. */
export interface ParquetColumn {
  readonly kind: FieldKind;
  /** Those that the words of a text are ids of. */
  readonly texts: Texts;
  /** 1 for a row without a value. */
  readonly nulls: Uint8Array;
  readonly nullCount: number;
  /** Of so many rows, without the nulls': of a text its id; of a number two words each, the lower first. */
  valueWords(rows: number): Int32Array;
}

/** A page with its header, and where in the file it begins. */
interface Page {
  readonly start: number;
  readonly size: number;
}

/** In parts that lie one behind the other; some are the columns' own memory. Columns are named after their places: c0, c1, … */
export function parquetFile(columns: readonly ParquetColumn[], rows: number): Uint8Array[] {
  const parts: Uint8Array[] = [magic];
  let size = magic.length;
  const write = (header: ThriftStruct, body: readonly Uint8Array[]): Page => {
    const page = [Uint8Array.from(header.bytes()), ...body];
    const start = size;
    for (const part of page) size += part.byteLength;
    parts.push(...page);
    return { start, size: size - start };
  };
  const chunks = columns.map((column, index) => writeColumn(column, `c${index}`, rows, write));
  const rowGroup = new ThriftStruct()
    .structs(1, chunks)
    .int64(2, size - magic.length)
    .int64(3, rows);
  const schema = [new ThriftStruct().text(4, 'events').int32(5, columns.length), ...columns.map(schemaOf)];
  const metadata = new ThriftStruct().int32(1, 1).structs(2, schema).int64(3, rows).structs(4, [rowGroup]);
  const footer = Uint8Array.from(metadata.bytes());
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return [...parts, footer, length, magic];
}

function schemaOf(column: ParquetColumn, index: number): ThriftStruct {
  const element = new ThriftStruct()
    .int32(1, column.kind === 'text' ? types.byteArray : types.int64)
    .int32(3, column.nullCount > 0 ? repetitions.optional : repetitions.required)
    .text(4, `c${index}`);
  if (column.kind === 'text') return element.int32(6, convertedTypes.utf8);
  return column.kind === 'time' ? element.int32(6, convertedTypes.timestampMillis) : element;
}

/** @returns the column's chunk. */
function writeColumn(
  column: ParquetColumn,
  name: string,
  rows: number,
  write: (header: ThriftStruct, body: readonly Uint8Array[]) => Page,
): ThriftStruct {
  const isText = column.kind === 'text';
  const levels = column.nullCount > 0 ? levelsOf(column.nulls, rows) : [];
  const words = column.valueWords(rows);
  // A dictionary of nothing has no width.
  const dictionary = isText && column.texts.count > 0 ? writeDictionary(column, write) : undefined;
  const values = dictionary ? idsOf(words, column.texts.count) : isText ? [] : [bytesOf(words)];
  const encoding = dictionary ? encodings.rleDictionary : encodings.plain;
  const body = [...levels, ...values];
  const bytes = body.reduce((sum, part) => sum + part.byteLength, 0);
  const data = new ThriftStruct().int32(1, rows).int32(2, encoding).int32(3, encodings.rle).int32(4, encodings.rle);
  const page = write(pageHeader(pageTypes.data, bytes).struct(5, data), body);
  const size = page.size + (dictionary?.size ?? 0);
  const metadata = new ThriftStruct()
    .int32(1, isText ? types.byteArray : types.int64)
    .int32s(
      2,
      dictionary ? [encodings.plain, encodings.rle, encodings.rleDictionary] : [encodings.plain, encodings.rle],
    )
    .texts(3, [name])
    .int32(4, uncompressed)
    .int64(5, rows)
    .int64(6, size)
    .int64(7, size)
    .int64(9, page.start);
  if (dictionary) metadata.int64(11, dictionary.start);
  return new ThriftStruct().int64(2, dictionary?.start ?? page.start).struct(3, metadata);
}

function writeDictionary(
  { texts }: ParquetColumn,
  write: (header: ThriftStruct, body: readonly Uint8Array[]) => Page,
): Page {
  const body = texts.plain();
  const dictionary = new ThriftStruct().int32(1, texts.count).int32(2, encodings.plain);
  return write(pageHeader(pageTypes.dictionary, body.byteLength).struct(7, dictionary), [body]);
}

const pageHeader = (type: number, bytes: number) => new ThriftStruct().int32(1, type).int32(2, bytes).int32(3, bytes);

/** Ids of one byte or two, in one bit-packed run. */
function idsOf(ids: Int32Array, different: number): Uint8Array[] {
  const places = 8 * Math.ceil(ids.length / 8);
  const packed = different <= 0x100 ? new Uint8Array(places) : new Uint16Array(places);
  packed.set(ids);
  return [Uint8Array.of(8 * packed.BYTES_PER_ELEMENT, ...runHeader(ids.length)), bytesOf(packed)];
}

/** Which rows have a value, a bit each, behind the length of it all. */
function levelsOf(nulls: Uint8Array, rows: number): Uint8Array[] {
  const bits = new Uint8Array(Math.ceil(rows / 8));
  for (let row = 0; row < rows; row++)
    if (nulls[row] === 0) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
  const header = Uint8Array.from(runHeader(rows));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length + bits.length);
  return [length, header, bits];
}

/** Of a bit-packed run: how many groups of eight, shifted left, and one. */
function runHeader(values: number): number[] {
  const bytes: number[] = [];
  let rest = 2 * Math.ceil(values / 8) + 1;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array | Int32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
