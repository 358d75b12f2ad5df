import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenizeJoda } from '../../src/catalog/joda.ts';

const field = (letter: string, count: number) => ({ kind: 'field', letter, count });
const text = (value: string) => ({ kind: 'text', text: value });

test('a pattern is letters, their counts, and the text between', () => {
  assert.deepEqual(tokenizeJoda("yyyy-MM-dd'T'HH:mm"), [
    field('y', 4),
    text('-'),
    field('M', 2),
    text('-'),
    field('d', 2),
    text('T'),
    field('H', 2),
    text(':'),
    field('m', 2),
  ]);
});

test('quotes: a doubled one is a quote, inside quoted text as well, and the last may be left open', () => {
  assert.deepEqual(tokenizeJoda("h 'o''clock' ''a"), [field('h', 1), text(" o'clock '"), field('a', 1)]);
  assert.deepEqual(tokenizeJoda("y'open"), [field('y', 1), text('open')]);
});

test('a letter without a meaning is no pattern', () => {
  assert.equal(tokenizeJoda('yyyy-bb'), undefined);
});
