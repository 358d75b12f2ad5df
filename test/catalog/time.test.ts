import assert from 'node:assert/strict';
import { test } from 'node:test';
import { condenseIntervals, eternity, formatInstant, parseInstant, parseInterval } from '../../src/catalog/time.ts';

const at = (iso: string) => Date.parse(iso);

test('instants in every form that Joda reads', () => {
  const cases: [string, string][] = [
    ['2018', '2018-01-01T00:00:00Z'],
    ['2018-03', '2018-03-01T00:00:00Z'],
    ['2018-03-02T05', '2018-03-02T05:00:00Z'],
    ['2018-03-02T05:30', '2018-03-02T05:30:00Z'],
    ['2018-03-02T05:30:10,25', '2018-03-02T05:30:10.250Z'],
    ['2018-03-02T05.5', '2018-03-02T05:30:00Z'],
    ['2018-03-02T00:00:00.000+01:00', '2018-03-01T23:00:00Z'],
    ['2018-03-02T00:00:00-0530', '2018-03-02T05:30:00Z'],
    ['2018-03-02TZ', '2018-03-02T00:00:00Z'],
    ['2018-061', '2018-03-02T00:00:00Z'],
    ['2018-W10-2', '2018-03-06T00:00:00Z'],
    ['2018-W01', '2018-01-01T00:00:00Z'],
    ['2020-W53-7', '2021-01-03T00:00:00Z'],
  ];
  for (const [text, iso] of cases) assert.equal(parseInstant(text), at(iso), text);
});

test('what is no instant', () => {
  for (const text of ['', 'x', '2018-13', '2018-02-30', '2018-366', '2018-03-02T24:00', '2018-W53', '2018-03-02 05:00'])
    assert.equal(parseInstant(text), undefined, text);
});

test('intervals of instants and periods', () => {
  const cases: [string, string, string][] = [
    ['2018-03-02T00:00:00.000/2018-03-08', '2018-03-02T00:00:00Z', '2018-03-08T00:00:00Z'],
    ['P1D/2018-03-08', '2018-03-07T00:00:00Z', '2018-03-08T00:00:00Z'],
    ['2018-01-31/P1M', '2018-01-31T00:00:00Z', '2018-02-28T00:00:00Z'],
    ['2018-03-02/PT36H', '2018-03-02T00:00:00Z', '2018-03-03T12:00:00Z'],
  ];
  for (const [text, start, end] of cases) assert.deepEqual(parseInterval(text), { start: at(start), end: at(end) });
  for (const text of ['2018', '2018/2017', 'P1D/P1D', '2018/2019/2020', 'a/b'])
    assert.equal(parseInterval(text), undefined);
});

test('eternity reads and prints as Druid prints it', () => {
  const text = '-146136543-09-08T08:23:32.096Z/146140482-04-24T15:36:27.903Z';
  assert.deepEqual(parseInterval(text), eternity);
  assert.equal(`${formatInstant(eternity.start)}/${formatInstant(eternity.end)}`, text);
});

test('instants print with milliseconds, and with the offset of a zone', () => {
  assert.equal(formatInstant(at('2018-03-06T09:57:58Z')), '2018-03-06T09:57:58.000Z');
  assert.equal(formatInstant(at('2018-03-06T09:57:58Z'), 3_600_000), '2018-03-06T10:57:58.000+01:00');
  assert.equal(formatInstant(at('2018-03-06T09:57:58Z'), -12_600_000), '2018-03-06T06:27:58.000-03:30');
  assert.equal(formatInstant(at('+012018-01-01T00:00:00Z')), '12018-01-01T00:00:00.000Z');
  assert.equal(formatInstant(at('-000001-01-01T00:00:00Z')), '-0001-01-01T00:00:00.000Z');
});

test('condensing sorts, joins and drops the empty', () => {
  const interval = (start: number, end: number) => ({ start, end });
  assert.deepEqual(
    condenseIntervals([interval(5, 9), interval(1, 3), interval(3, 4), interval(7, 7), interval(8, 12)]),
    [interval(1, 4), interval(5, 12)],
  );
});
