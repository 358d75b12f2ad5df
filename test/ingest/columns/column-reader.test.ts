/** The thread that reads bodies into columns: what it says when something is in its way. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ColumnReader } from '../../../src/ingest/columns/column-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
after(() => rmSync(folder, { recursive: true }));

const plan = { fields: [{ name: 'a', kind: 'text' } as const], rollup: undefined };
const request = { dataSource: 'd', plan, lines: Buffer.from('{"a":"x"}\n{"a":"y"}\n'), events: 2 };

function opened(mode: 'r' | 'w'): { descriptor: number; path: string } & Disposable {
  const path = join(folder, mode);
  writeFileSync(path, 'what was here before, and is longer than what comes'.repeat(100));
  const descriptor = openSync(path, mode === 'w' ? 'r+' : 'r');
  return { descriptor, path, [Symbol.dispose]: () => closeSync(descriptor) };
}

test('the file ends with the columns, also where it was longer', async () => {
  const reader = new ColumnReader();
  using file = opened('w');
  assert.equal(await reader.read({ ...request, descriptor: file.descriptor }), 'events');
  const bytes = readFileSync(file.path, 'latin1');
  assert(bytes.startsWith('PAR1') && bytes.endsWith('PAR1'));
  await reader.close();
});

test('a file that cannot be written is told apart from a body that cannot be read', async () => {
  const reader = new ColumnReader();
  using file = opened('r');
  const { descriptor } = file;
  assert.equal(await reader.read({ ...request, descriptor }), 'unwritten');
  assert.equal(await reader.read({ ...request, lines: Buffer.from('{"a":[1]}\n{"a":"y"}\n'), descriptor }), 'left');
  await reader.close();
});

test('when the thread ends, what it had is left to the engine, and the next body begins another thread', async () => {
  const reader = new ColumnReader();
  using file = opened('w');
  const { descriptor } = file;
  const lines = Buffer.from('{"a":"x"}\n'.repeat(1_000_000));
  const long = reader.read({ ...request, lines, events: 1_000_000, descriptor });
  const exited = once(reader.prepare(), 'exit');
  await reader.close();
  await exited;
  assert.equal(await long, 'left');
  assert.equal(await reader.read({ ...request, descriptor }), 'events');
  await reader.close();
});
