import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantEncoder } from '../../src/query/instant-encoder.ts';

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

test('instants on the clock of a zone that changes by half an hour, inside of an hour of UTC', () => {
  const encode = instantEncoder('Australia/Lord_Howe');
  const end = Date.UTC(2024, 3, 6, 15);
  assert.equal(encode(end - 1), '"2024-04-07T01:59:59.999+11:00"');
  assert.equal(encode(end), '"2024-04-07T01:30:00.000+10:30"');
  const begin = Date.UTC(2024, 9, 5, 15, 30);
  assert.equal(encode(begin - 1), '"2024-10-06T01:59:59.999+10:30"');
  assert.equal(encode(begin), '"2024-10-06T02:30:00.000+11:00"');
  assert.equal(encode(begin + 45 * 60_000), '"2024-10-06T03:15:00.000+11:00"');
});

test('the last instant that JavaScript has a date for', () => {
  assert.equal(instantEncoder('UTC')(8_640_000_000_000_000), '"275760-09-13T00:00:00.000Z"');
});
