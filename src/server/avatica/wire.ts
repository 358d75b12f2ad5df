/**
 * Protocol Buffers' encoding, as much of it as Avatica needs. https://protobuf.dev/programming-guides/encoding
 *
 *     message = (key value)*       key = varint of the field's number × 8 + wire type
 *     wire type 0: a varint        1: eight bytes        2: a varint's count of bytes        5: four bytes
 */
import { invalidInput } from '../../errors.ts';

/**
 * `uint32` and `uint64` hold signed numbers as well, in two's complement, as Java writes them. `sint64` is zigzag. `enum` is written
 * as the place of its name in a list.
 */
type Scalar =
  | 'string'
  | 'bool'
  | 'uint32'
  | 'uint64'
  | 'sint64'
  | 'double'
  | 'bytes'
  | { readonly names: readonly string[] };

export interface Field {
  readonly number: number;
  readonly type: Scalar | (() => Message);
  readonly repeated?: boolean;
}

/** Name → field. */
export type Message = Readonly<Record<string, Field>>;

/** Values by their fields' names: strings, booleans, numbers and bigints, bytes, records, and lists of these. */
export type Values = Readonly<Record<string, unknown>>;

const emptyBytes = Buffer.alloc(0);

export function encode(message: Message, values: Values): Buffer {
  const parts: Buffer[] = [];
  for (const [name, field] of Object.entries(message)) {
    const value = values[name];
    if (value === null || value === undefined) continue;
    for (const one of field.repeated ? (value as readonly unknown[]) : [value]) parts.push(...encodeField(field, one));
  }
  return Buffer.concat(parts);
}

function encodeField({ number, type }: Field, value: unknown): readonly Buffer[] {
  const lengthFirst = (bytes: Buffer) => [varint(BigInt(number * 8 + 2)), varint(BigInt(bytes.length)), bytes];
  const plain = (bits: bigint) => [varint(BigInt(number * 8)), varint(bits)];
  if (typeof type === 'function') return lengthFirst(encode(type(), value as Values));
  if (typeof type === 'object') return plain(BigInt(Math.max(0, type.names.indexOf(String(value)))));
  switch (type) {
    case 'string':
      return lengthFirst(Buffer.from(String(value)));
    case 'bytes':
      return lengthFirst(value as Buffer);
    case 'bool':
      return plain(value ? 1n : 0n);
    case 'uint32':
      return plain(BigInt.asUintN(32, BigInt(value as number)));
    case 'uint64':
      return plain(BigInt.asUintN(64, BigInt(value as number)));
    case 'sint64': {
      const signed = BigInt(value as number | bigint);
      return plain(BigInt.asUintN(64, (signed << 1n) ^ (signed >> 63n)));
    }
    case 'double': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value as number);
      return [varint(BigInt(number * 8 + 1)), bytes];
    }
  }
}

function varint(bits: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = bits; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) return Buffer.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

/** The fields that are there; unknown ones are passed over. */
export function decode(message: Message, bytes: Buffer): Record<string, unknown> {
  const byNumber = new Map(Object.entries(message).map(([name, field]) => [field.number, { name, field }]));
  const values: Record<string, unknown> = {};
  const reader = new Reader(bytes);
  while (!reader.atEnd) {
    const key = Number(reader.varint());
    const content = reader.content(key & 7);
    const found = byNumber.get(key >>> 3);
    if (!found) continue;
    const value = decodeValue(found.field, content);
    if (found.field.repeated) values[found.name] = [...((values[found.name] as unknown[] | undefined) ?? []), value];
    else values[found.name] = value;
  }
  return values;
}

function decodeValue({ type }: Field, { bits, bytes }: Content): unknown {
  if (typeof type === 'function') return decode(type(), bytes);
  if (typeof type === 'object') return type.names[Number(bits)] ?? type.names[0];
  switch (type) {
    case 'string':
      return bytes.toString('utf8');
    case 'bytes':
      return bytes;
    case 'bool':
      return bits !== 0n;
    case 'uint32':
      return Number(BigInt.asIntN(32, bits));
    case 'uint64':
      return Number(BigInt.asIntN(64, bits));
    case 'sint64':
      return BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n));
    case 'double':
      return bytes.length === 8 ? bytes.readDoubleLE() : Number.NaN;
  }
}

interface Content {
  readonly bits: bigint;
  readonly bytes: Buffer;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#take(1)[0] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw broken();
  }

  content(wireType: number): Content {
    switch (wireType) {
      case 0:
        return { bits: this.varint(), bytes: emptyBytes };
      case 1:
        return { bits: 0n, bytes: this.#take(8) };
      case 2:
        return { bits: 0n, bytes: this.#take(Number(this.varint())) };
      case 5:
        return { bits: 0n, bytes: this.#take(4) };
      default:
        throw broken();
    }
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    if (taken.length < length) throw broken();
    this.#at += length;
    return taken;
  }
}

const broken = () => invalidInput('the body is no message of Protocol Buffers');
