import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { MillraceError } from '../../src/errors.ts';
import { openFilesStream } from '../../src/sources/files.ts';
import type { PartitionName, Stream } from '../../src/sources/stream.ts';
import { temporaryFolder } from '../support/engine.ts';

interface Piece {
  readonly file: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly lines: string;
  readonly records: number;
}

/** Everything from these positions on, or from the beginning, up to the ends. */
async function readAll(stream: Stream, from?: ReadonlyMap<PartitionName, bigint>): Promise<Piece[]> {
  const files = await stream.partitions();
  const start = from ?? (await stream.offsets('earliest', files));
  const ends = await stream.offsets('latest', files);
  const positions = new Map(start);
  const isDone = () => [...positions].every(([name, at]) => at === ends.get(name));
  const stop = new AbortController();
  const pieces: Piece[] = [];
  if (isDone()) stop.abort();
  for await (const { lines, records, progress } of stream.read(start, stop.signal)) {
    for (const [name, { from, to }] of progress) {
      assert.equal(from, positions.get(name));
      positions.set(name, to);
      pieces.push({ file: path.basename(name), from, to, lines: Buffer.from(lines).toString(), records });
    }
    if (isDone()) stop.abort();
  }
  return pieces;
}

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder.path, name)), { recursive: true });
    writeFileSync(path.join(folder.path, name), content);
  }
  return folder;
}

it('files whose names match, in the order of their paths; positions are bytes', async () => {
  await using folder = await folderOf({
    'b.json': '3\n',
    'a.json': '1\n22\n',
    'below/a1.json': '4\n',
    'a.jsonl': 'x\n',
    ajson: 'y\n',
  });
  const pieces = await readAll(openFilesStream(folder.path, '*.json'));
  assert.deepEqual(pieces, [
    { file: 'a.json', from: 0n, to: 5n, lines: '1\n22\n', records: 2 },
    { file: 'b.json', from: 0n, to: 2n, lines: '3\n', records: 1 },
    { file: 'a1.json', from: 0n, to: 2n, lines: '4\n', records: 1 },
  ]);
  const names = async (filter: string) =>
    (await openFilesStream(folder.path, filter).partitions()).map((name) => path.basename(name));
  assert.deepEqual(await names('a?.json'), ['a1.json']);
  // Only `*` and `?` stand for others.
  await assert.rejects(names('[ab].json'));
});

it('a last line without an end, lines as Windows ends them, blank ones, a byte order mark, bytes that are not UTF-8', async () => {
  await using folder = await folderOf({
    'a.txt': 'one\ntwo',
    'b.txt': '\ufeffone\r\n\r\n\n \ntwo\r\n',
    'c.txt': Uint8Array.of(0x61, 0xff, 0x0a),
    'd.txt': '',
  });
  const pieces = await readAll(openFilesStream(folder.path, '*'));
  assert.deepEqual(
    pieces.map(({ file, to, lines, records }) => [file, to, lines, records]),
    [
      ['a.txt', 7n, 'one\ntwo\n', 2],
      ['b.txt', 18n, 'one\ntwo\n', 2],
      ['c.txt', 3n, 'a\ufffd\n', 1],
    ],
  );
});

it('a large file comes in pieces that end with a line; read again from the end of any of them, it goes on there', async () => {
  const line = `${'x'.repeat(999_999)}\n`;
  await using folder = await folderOf({ a: line.repeat(40) });
  const pieces = await readAll(openFilesStream(folder.path, 'a'));
  assert.ok(pieces.length > 1);
  assert.equal(pieces.map(({ lines }) => lines).join(''), line.repeat(40));
  const [first, ...rest] = pieces;
  const file = path.join(folder.path, 'a');
  assert.deepEqual(await readAll(openFilesStream(folder.path, 'a'), new Map([[file, first?.to ?? 0n]])), rest);
});

it('a line longer than what is read at once is named, rather than cut', async () => {
  await using folder = await folderOf({ a: `short\n${'x'.repeat(17 * 1024 * 1024)}\n` });
  await assert.rejects(readAll(openFilesStream(folder.path, 'a')), /a: the line that begins at byte 7 is longer than/);
});

it('a file that grows is read to the end it had when it was found', async () => {
  await using folder = await folderOf({ a: '1\n' });
  const stream = openFilesStream(folder.path, 'a');
  await stream.partitions();
  appendFileSync(path.join(folder.path, 'a'), '2\n');
  assert.deepEqual(
    (await readAll(stream)).map(({ lines }) => lines),
    ['1\n'],
  );
});

it('a file that is shorter than what was read of it has lost its position', async () => {
  await using folder = await folderOf({ a: '1\n2\n' });
  const file = path.join(folder.path, 'a');
  truncateSync(file, 2);
  await assert.rejects(readAll(openFilesStream(folder.path, 'a'), new Map([[file, 4n]])), (error) => {
    assert.ok(error instanceof MillraceError);
    assert.equal(error.code, 'positionLost');
    assert.deepEqual(error.context.lost, [{ partition: file, wanted: 4n, earliest: 0n, latest: 2n, cause: 'cutOff' }]);
    return true;
  });
});

it('a folder that is not there, or holds nothing that matches, is named', async () => {
  await using folder = await folderOf({ a: '1\n' });
  const missing = path.join(folder.path, 'missing');
  await assert.rejects(openFilesStream(missing, '*').partitions(), /missing cannot be read: ENOENT/);
  await assert.rejects(
    openFilesStream(folder.path, '*.json').partitions(),
    /holds no file whose name matches '\*\.json'/,
  );
});
