import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantEncoder } from '../../src/query/encode.ts';

test('instants are printed with milliseconds, whatever came before', () => {
  const encode = instantEncoder('UTC');
  const expected = [
    [Date.UTC(2018, 2, 6, 9, 57, 58, 7), '"2018-03-06T09:57:58.007Z"'],
    [Date.UTC(2018, 2, 6, 9, 57, 58, 7), '"2018-03-06T09:57:58.007Z"'],
    [Date.UTC(2018, 2, 6, 9, 57, 58, 999), '"2018-03-06T09:57:58.999Z"'],
    [Date.UTC(2018, 2, 6, 9, 57, 59), '"2018-03-06T09:57:59.000Z"'],
    [null, 'null'],
    [-1, '"1969-12-31T23:59:59.999Z"'],
    [-1000, '"1969-12-31T23:59:59.000Z"'],
    [0, '"1970-01-01T00:00:00.000Z"'],
    // Druid's ends of time, which its documentation calls eternity.
    [-4611686018427387904n, '"-146136543-09-08T08:23:32.096Z"'],
    [4611686018427387903n, '"146140482-04-24T15:36:27.903Z"'],
  ] as const;
  for (const [value, text] of expected) assert.equal(encode(value), text);
});

test('instants on the clock of a zone, over the end of summer time', () => {
  const encode = instantEncoder('Europe/Berlin');
  const end = Date.UTC(2024, 9, 27, 1);
  assert.equal(encode(end - 1), '"2024-10-27T02:59:59.999+02:00"');
  assert.equal(encode(end), '"2024-10-27T02:00:00.000+01:00"');
  assert.equal(encode(end + 250), '"2024-10-27T02:00:00.250+01:00"');
});
