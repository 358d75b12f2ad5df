/** Thrift's compact protocol, as far as Parquet's headers need it. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */

const types = { int32: 5, int64: 6, bytes: 8, list: 9, struct: 12 } as const;

/** Writes one struct; fields come in order of their numbers. */
export class ThriftStruct {
  readonly #bytes: number[] = [];
  #last = 0;

  int32(field: number, value: number): this {
    return this.#begin(field, types.int32).#int(value);
  }

  int64(field: number, value: number): this {
    return this.#begin(field, types.int64).#int(value);
  }

  text(field: number, value: string): this {
    return this.#begin(field, types.bytes).#text(value);
  }

  struct(field: number, value: ThriftStruct): this {
    return this.#begin(field, types.struct).#append(value.bytes());
  }

  int32s(field: number, values: readonly number[]): this {
    this.#list(field, types.int32, values.length);
    for (const value of values) this.#int(value);
    return this;
  }

  texts(field: number, values: readonly string[]): this {
    this.#list(field, types.bytes, values.length);
    for (const value of values) this.#text(value);
    return this;
  }

  structs(field: number, values: readonly ThriftStruct[]): this {
    this.#list(field, types.struct, values.length);
    for (const value of values) this.#append(value.bytes());
    return this;
  }

  bytes(): readonly number[] {
    return [...this.#bytes, 0];
  }

  #begin(field: number, type: number): this {
    this.#bytes.push(((field - this.#last) << 4) | type);
    this.#last = field;
    return this;
  }

  #list(field: number, type: number, size: number): void {
    this.#begin(field, types.list);
    if (size < 15) this.#bytes.push((size << 4) | type);
    else {
      this.#bytes.push(0xf0 | type);
      this.#varint(size);
    }
  }

  #text(value: string): this {
    const bytes = Buffer.from(value);
    this.#varint(bytes.length);
    return this.#append([...bytes]);
  }

  /** Zig-zag, of what is not negative here. */
  #int(value: number): this {
    this.#varint(2 * value);
    return this;
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#bytes.push((rest & 0x7f) | 0x80);
    this.#bytes.push(rest);
  }

  #append(bytes: readonly number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
}
