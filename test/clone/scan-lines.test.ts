import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ScannedLines, scanLines } from '../../src/clone/scan-lines.ts';

const rows = [
  [1, 'a "quoted" ] text', null, ['x', '['], { n: [[1], { deep: '}' }] }],
  [2, 'back\\slash\\', '', [], {}],
  [3, 'é 😀', 'new\nline', [null, 'b'], { a: 1 }],
];
const batch = (events: readonly unknown[]) => ({
  segmentId: 'wiki_2015-09-12T00:00:00.000Z_[1]',
  columns: ['__time', 'a', 'b', 'tags', 'n'],
  events,
  rowSignature: [{ name: '__time', type: 'LONG' }],
});
const answer = Buffer.from(JSON.stringify([batch(rows.slice(0, 2)), batch([]), batch(rows.slice(2))]));

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function piecesOf(bytes: Uint8Array, size: number, pieceBytes: number): Promise<ScannedLines[]> {
  const pieces: ScannedLines[] = [];
  for await (const piece of scanLines(inChunks(bytes, size), pieceBytes)) pieces.push(piece);
  return pieces;
}

async function collect(bytes: Uint8Array, size: number, pieceBytes: number) {
  const pieces = await piecesOf(bytes, size, pieceBytes);
  const lines = pieces.map((piece) => Buffer.from(piece.lines).toString()).join('');
  return { lines, rows: pieces.reduce((sum, piece) => sum + piece.rows, 0), pieces: pieces.length };
}

test('each row is a line, wherever the answer is cut into chunks', async () => {
  for (const size of [1, 2, 3, 7, 64, answer.length]) {
    const { lines, rows: count } = await collect(answer, size, 1024);
    assert.equal(count, rows.length);
    assert.ok(lines.endsWith('\n'));
    assert.deepEqual(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
      rows,
      `chunks of ${size}`,
    );
  }
});

test('pieces are of whole rows', async () => {
  const many = Array.from({ length: 1000 }, (_, i) => [i, 'x'.repeat(i % 50)]);
  const bytes = Buffer.from(JSON.stringify([batch(many)]));
  const pieces = await piecesOf(bytes, 100, 500);
  assert.ok(pieces.length > 10);
  const parsed = pieces.flatMap(({ lines, rows: count }) => {
    const read = Buffer.from(lines)
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(read.length, count);
    return read;
  });
  assert.deepEqual(parsed, many);
});

test('a row that is longer than a piece comes whole', async () => {
  const long = [[1, 'y'.repeat(10_000)]];
  const { lines } = await collect(Buffer.from(JSON.stringify([batch(long)])), 33, 100);
  assert.deepEqual(JSON.parse(lines), long[0]);
});

test('an answer without rows has none, one that ends early is no answer', async () => {
  assert.deepEqual(await collect(Buffer.from('[]'), 1, 100), { lines: '', rows: 0, pieces: 0 });
  await assert.rejects(collect(answer.subarray(0, -1), 50, 100), { code: 'unavailable' });
  await assert.rejects(collect(Buffer.alloc(0), 50, 100), { code: 'unavailable' });
});
