import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../src/kafka/buffer-pool.ts';
import { codecs, compress, decompress } from '../../src/kafka/compression.ts';
import { forgetZstd } from '../../src/kafka/zstd.ts';

const kept = Buffer.from('what was there before');

/** Behind something that has to stay as it is. */
function inflate(codec: (typeof codecs)[number], compressed: Buffer): Buffer {
  const scratch = new Scratch();
  scratch.ensure(kept.length, 0);
  scratch.buffer.set(kept);
  const end = decompress(codecs.indexOf(codec), compressed, scratch, kept.length);
  assert.deepEqual(scratch.buffer.subarray(0, kept.length), kept);
  return scratch.buffer.subarray(kept.length, end);
}

/** Runs with periods of 1 to 100 bytes, texts that come again, and noise. */
const repetitive = fc
  .array(
    fc.record({ piece: fc.uint8Array({ minLength: 1, maxLength: 100 }), times: fc.integer({ min: 1, max: 300 }) }),
    { minLength: 1, maxLength: 12 },
  )
  .map((runs) => Buffer.concat(runs.flatMap(({ piece, times }) => Array.from({ length: times }, () => piece))));

test('what each codec compresses comes out as it was', () => {
  fc.assert(
    fc.property(fc.constantFrom(...codecs), repetitive, (codec, content) => {
      assert.ok(inflate(codec, compress(codec, content)).equals(content));
    }),
    { numRuns: 200 },
  );
});

test('several blocks of LZ4, and more than one step of zstd', () => {
  const line = Buffer.from('{"time":"2026-01-01T00:00:00.000Z","url":"/products/page-007","country":"DE"}');
  const content = Buffer.concat(
    Array.from({ length: 20_000 }, (_, i) => Buffer.concat([line, Buffer.from(String(i))])),
  );
  for (const codec of codecs) assert.ok(inflate(codec, compress(codec, content)).equals(content), codec);
});

/** Frames by hand, as the format's description has them: `lz4_Frame_format.md`, `lz4_Block_format.md`. */
const header = '04224d18 60 40 82'.replaceAll(' ', '');
const frame = (block: string) => {
  const bytes = block.replaceAll(' ', '');
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length / 2);
  return Buffer.from(`${header}${size.toString('hex')}${bytes}00000000`, 'hex');
};

test("LZ4's sequences", () => {
  // Literals only; a match that runs into itself (1 back, 9 long); lengths of 15 + 255 + 1.
  assert.equal(inflate('lz4', frame('30 616263')).toString(), 'abc');
  assert.equal(inflate('lz4', frame('15 61 0100 10 7a')).toString(), `${'a'.repeat(10)}z`);
  assert.equal(inflate('lz4', frame('1f 61 0100 ff 01 10 7a')).toString(), `${'a'.repeat(1 + 4 + 15 + 256)}z`);
  assert.equal(inflate('lz4', frame(`f0 ff 01 ${'62'.repeat(271)}`)).toString(), 'b'.repeat(271));
  // A block that is not compressed.
  const plain = Buffer.from(`${header}03000080 616263 00000000`.replaceAll(' ', ''), 'hex');
  assert.equal(inflate('lz4', plain).toString(), 'abc');
});

test('broken LZ4 is refused', () => {
  for (const [why, block] of [
    ['before its beginning', '15 61 0200 10 7a'],
    ['a match 0 back', '15 61 0000 10 7a'],
    ['literals beyond the end', '50 6162'],
    ['an offset that is cut off', '10 61 01'],
    ['larger than a block may be', `1f 61 0100 ${'ff'.repeat(300)} 00`],
  ] as const) {
    assert.throws(() => inflate('lz4', frame(block)), { name: 'MillraceError' }, why);
  }
  const whole = compress('lz4', Buffer.from('abc'.repeat(1000)));
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => inflate('lz4', whole.subarray(0, length)), { name: 'MillraceError' }, `${length} bytes`);
  }
});

test('any damage is an error or other bytes, and harms nothing that comes after', () => {
  const content = Buffer.from(Array.from({ length: 400 }, (_, i) => `{"n":${i % 50}}`).join(''));
  const damage = fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom('gzip' as const, 'lz4' as const, 'zstd' as const), damage, (codec, changes) => {
      const good = compress(codec, content);
      const broken = Buffer.from(good);
      for (const { at, to } of changes) broken[at % broken.length] = to;
      try {
        inflate(codec, broken);
      } catch (error) {
        assert.ok(error instanceof Error && !(error instanceof assert.AssertionError), String(error));
      }
      // As a reader does when the records are not what the batch says.
      forgetZstd();
      assert.ok(inflate(codec, good).equals(content));
    }),
    { numRuns: 300 },
  );
});
