import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejectionPeriods } from '../../src/cluster/rejection-periods.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import type { ClockWindow } from '../../src/spec/data-source.ts';

const secondsOf = (segmentGranularity: unknown, given: Partial<ClockWindow> = {}, areJudged = true) => {
  const window: ClockWindow = { policy: 'serverTime', periodMs: 600_000, rule: 'event', ...given };
  const dataSource = readDataSource({ dataSource: 'd', granularitySpec: { segmentGranularity } }, { window });
  const periods = rejectionPeriods(dataSource, areJudged);
  if (!periods) return undefined;
  assert.equal(periods.earlyMessageRejectionPeriod, periods.lateMessageRejectionPeriod);
  return Number(/^PT(\d+)S$/.exec(periods.lateMessageRejectionPeriod)?.[1]);
};

test('windowPeriod, segmentGranularity and a day', () => {
  assert.equal(secondsOf('hour'), 600 + 3600 + 86_400);
  assert.equal(secondsOf('fifteen_minute'), 600 + 900 + 86_400);
  assert.equal(secondsOf({ type: 'duration', duration: 7_200_000 }), 600 + 7200 + 86_400);
});

test('calendar buckets are as long as the longest of them, or longer', () => {
  for (const [granularity, longestDays] of [
    ['day', 1],
    ['week', 7],
    ['month', 31],
    ['year', 366],
    [{ type: 'period', period: 'P1D', timeZone: 'Europe/Berlin' }, 25 / 24],
  ] as const)
    assert.ok((secondsOf(granularity) ?? 0) >= 600 + 86_400 * (longestDays + 1), JSON.stringify(granularity));
});

test('there is no bound where the clock bounds nothing', () => {
  assert.equal(secondsOf('hour', { policy: 'none' }), undefined);
  assert.equal(secondsOf('hour', { policy: 'messageTime' }), undefined);
  assert.equal(secondsOf('all'), undefined);
});

test('what nobody has judged yet has the window itself', () => {
  assert.equal(secondsOf('hour', {}, false), 600);
  assert.equal(secondsOf('hour', { rule: 'bucket' }, false), 600 + 3600);
});
