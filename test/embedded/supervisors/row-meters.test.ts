import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RowMeters } from '../../../src/embedded/supervisors/row-meters.ts';

const counts = (processed: number) => ({
  processed,
  processedBytes: 10 * processed,
  processedWithError: 0,
  thrownAway: 0,
  unparseable: 0,
});

it('averages decay as e^(-5 s / window) a tick of five seconds', () => {
  let nowMs = 0;
  const meters = new RowMeters(() => nowMs);
  meters.add(counts(500));
  assert.equal(meters.averages['1m'].processed, 0);
  nowMs = 5_000;
  // The first tick sets the rate: 500 rows in 5 s.
  assert.equal(meters.averages['1m'].processed, 100);
  assert.equal(meters.averages['15m'].processedBytes, 1000);
  nowMs = 65_000;
  // Twelve ticks, a minute, without rows: 100/e.
  assert.ok(Math.abs(meters.averages['1m'].processed - 36.787944) < 1e-6);
  assert.ok(Math.abs(meters.averages['5m'].processed - 81.873075) < 1e-6);
  assert.ok(Math.abs(meters.averages['15m'].processed - 93.550699) < 1e-6);
  assert.deepEqual(meters.totals, counts(500));
});
