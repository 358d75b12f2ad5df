import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invalidInput } from '../../src/errors.ts';
import { BodyMemory } from '../../src/server/body-memory.ts';
import { Budget } from '../../src/server/budget.ts';

const limit = { maxBytes: 300_000, exceeded: () => invalidInput('too long') };

const newMemory = () => {
  const budget = new Budget({ maxBytes: 1_000_000, maxWaitMs: 1, maxWaiting: 10, smallBytes: 0 });
  return { budget, memory: new BodyMemory(budget) };
};

async function* pieces(text: string): AsyncGenerator<Buffer, void, void> {
  for (let start = 0; start < text.length; start += 10_000) yield Buffer.from(text.slice(start, start + 10_000));
}

for (const length of [0, 1, 9_999, 65_535, 65_536, 65_537, 200_000, 299_999, 300_000]) {
  test(`${length} bytes, announced or not, are all there, and their memory comes back`, async () => {
    const { budget, memory } = newMemory();
    const text = 'x'.repeat(length);
    for (const announced of [length, undefined]) {
      const body = await memory.read(pieces(text), announced, limit);
      // A large one is ended by a line feed.
      assert.equal(body.bytes.toString(), length < 65_536 ? text : `${text}\n`);
      assert.ok(budget.takenBytes >= length);
      body.hold();
      body.release();
      assert.ok(budget.takenBytes >= length);
      body.release();
      assert.equal(budget.takenBytes, 0);
    }
  });
}

test('a large body that ends with a line feed stays as it is', async () => {
  const text = `${'x'.repeat(99_999)}\n`;
  assert.equal((await newMemory().memory.read(pieces(text), text.length, limit)).bytes.toString(), text);
});

test('one that is longer than allowed, or breaks off, is refused, and its memory comes back', async () => {
  const { budget, memory } = newMemory();
  await assert.rejects(memory.read(pieces('x'.repeat(300_001)), undefined, limit), /too long/);
  for (const length of [10, 100_000]) {
    const broken = async function* () {
      yield* pieces('x'.repeat(length));
      throw new Error('broken off');
    };
    for (const announced of [200_000, undefined])
      await assert.rejects(memory.read(broken(), announced, limit), /broken off/);
  }
  assert.equal(budget.takenBytes, 0);
});

test('bodies at the same time never share memory; one after the other they do', async () => {
  const { memory } = newMemory();
  const read = (letter: string) => memory.read(pieces(letter.repeat(100_000)), 100_000, limit);
  const [a, b] = await Promise.all([read('a'), read('b')]);
  assert.notEqual(a.bytes.buffer, b.bytes.buffer);
  assert.equal(a.bytes.toString(), `${'a'.repeat(100_000)}\n`);
  const { buffer } = a.bytes;
  a.release();
  const c = await read('c');
  assert.equal(c.bytes.buffer, buffer);
  assert.equal(b.bytes.toString(), `${'b'.repeat(100_000)}\n`);
});
