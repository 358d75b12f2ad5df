import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInterval, type Interval, parseInterval } from '../../src/catalog/time.ts';
import { partsOf } from '../../src/clone/parts.ts';
import { segmentGranularity } from '../../src/clone/segment-granularity.ts';

const interval = (text: string) => parseInterval(text) as Interval;
const shown = (part: Interval) => formatInterval(part).replaceAll(':00:00.000Z', '');

test('the finest granularity of which each segment lies in one bucket', () => {
  const of = (...texts: string[]) => segmentGranularity(texts.map(interval));
  assert.equal(of('2015-09-12T05/PT1H', '2015-09-12T06/PT1H'), 'hour');
  assert.equal(of('2015-09-12T05/PT1H', '2015-09-13/P1D'), 'day');
  assert.equal(of('2024-10-28/P1W'), 'week');
  assert.equal(of('2024-10-29/P1W'), 'quarter');
  assert.equal(of('2024-02/P1M', '2024-03/P1M'), 'month');
  assert.equal(of('2024-04/P3M'), 'quarter');
  assert.equal(of('2023-12/P3M'), 'all');
  assert.equal(of('2024-02-01T00:05/PT5M'), 'five_minute');
});

test('small segments are read together, large ones alone, those of one time at once', () => {
  const segment = (text: string, rows: number) => ({ ...interval(text), rows });
  const parts = partsOf(
    [
      segment('2015-09-13/P1D', 400_000),
      segment('2015-09-12/P1D', 50_000),
      segment('2015-09-12/P1D', 60_000),
      segment('2015-09-14/P1D', 900_000),
      segment('2015-09-14T05/PT1H', 10),
      segment('2015-09-20/P1D', 5),
    ],
    interval('2015-09-12T06/2015-09-20T12'),
  );
  assert.deepEqual(
    parts.map((part) => [shown(part), part.rows]),
    [
      ['2015-09-12T06/2015-09-13T00', 110_000],
      ['2015-09-13T00/2015-09-14T00', 400_000],
      ['2015-09-14T00/2015-09-15T00', 900_010],
      ['2015-09-20T00/2015-09-20T12', 5],
    ],
  );
});
