import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDataSource } from '../../src/spec/data-schema.ts';

test('granularities are shown as a Druid reads them', () => {
  const shown = (segmentGranularity: unknown) =>
    readDataSource({ dataSource: 'd', granularitySpec: { segmentGranularity } }).dataSchema.granularitySpec;
  const uniform = { type: 'uniform', queryGranularity: { type: 'none' }, rollup: true };
  const zoned = { type: 'period', period: 'P1D', timeZone: 'Europe/Berlin' };
  assert.deepEqual(shown('hour'), { ...uniform, segmentGranularity: 'HOUR' });
  assert.deepEqual(shown({ type: 'Day' }), { ...uniform, segmentGranularity: 'DAY' });
  assert.deepEqual(shown('all'), { ...uniform, segmentGranularity: { type: 'all' } });
  assert.deepEqual(shown(zoned), { ...uniform, segmentGranularity: zoned });
});
