import assert from 'node:assert/strict';
import { it } from 'node:test';
import { copyToShared } from '../src/shared-bytes.ts';

const piece = 65_536;

for (const bytes of [0, 1, 7, piece - 1, piece, piece + 1, 3 * piece + 5])
  it(`copies ${bytes} bytes, however they lie, and nothing beside them`, () => {
    const memory = Uint8Array.from({ length: bytes + 8 }, (_, index) => (index * 31 + (index >> 8)) & 255);
    for (const from of [0, 1, 5])
      for (const to of [0, 3, 8]) {
        const source = memory.subarray(from, from + bytes);
        const target = Buffer.from(new SharedArrayBuffer(bytes + 16)).fill(0xee);
        copyToShared(source, target, to);
        const expected = [Buffer.alloc(to, 0xee), source, Buffer.alloc(16 - to, 0xee)];
        assert.ok(Buffer.concat(expected).equals(target), `from ${from} to ${to}`);
      }
  });
