/**
 * Varints as records have them: seven bits a byte, the lowest first; 0, -1, 1, -2, 2 … are 0, 1, 2, 3, 4 … by zig-zag.
 * https://kafka.apache.org/documentation/#recordbatch
 */

export function fromZigZag(value: number): number {
  if (value <= 0x7fff_ffff) return (value >>> 1) ^ -(value & 1);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

export const toZigZag = (value: number) => (value >= 0 ? 2 * value : -2 * value - 1);

/** Of a number that has its zig-zag already. */
export function varintBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** @returns where it ends. */
export function writeVarint(buffer: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
  buffer[at++] = rest;
  return at;
}

/** As {@link varintBytes}, for more than 32 bits. */
export function varlongBytes(value: number): number {
  if (value < 0x80) return 1;
  let bytes = 2;
  for (let rest = value / 0x4000; rest >= 1; rest /= 0x80) bytes++;
  return bytes;
}

/** @returns where it ends. */
export function writeVarlong(buffer: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) buffer[at++] = (rest % 0x80) | 0x80;
  buffer[at++] = rest;
  return at;
}
