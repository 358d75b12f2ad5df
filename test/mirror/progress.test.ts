import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PaceMeter, paceText } from '../../src/mirror/progress.ts';

const none = { records: 0, bytes: 0, lagRecords: 0, reencodedBatches: 0 };

test('rates are of the time since the last look', () => {
  const meter = new PaceMeter();
  assert.equal(meter.measure({ ...none, records: 500, bytes: 5000 }, 1000).recordsPerSecond, 0);
  const pace = meter.measure({ records: 2500, bytes: 25_000, lagRecords: 7, reencodedBatches: 3 }, 3000);
  assert.deepEqual(pace, {
    recordsPerSecond: 1000,
    bytesPerSecond: 10_000,
    lagRecords: 7,
    reencodedBatches: 3,
    catchUp: undefined,
  });
});

test('a mirror that is far behind tells how far it is and what is left, until it has caught up', () => {
  const meter = new PaceMeter();
  const at = (seconds: number, records: number, lagRecords: number) =>
    meter.measure({ ...none, records, lagRecords }, seconds * 1000).catchUp;
  assert.equal(at(0, 0, 0), undefined);
  assert.deepEqual(at(1, 0, 1_000_000), { part: 0, secondsLeft: undefined });
  assert.deepEqual(at(2, 250_000, 750_000), { part: 0.25, secondsLeft: 3 });
  // What comes meanwhile is to be caught up with, too.
  assert.deepEqual(at(3, 500_000, 600_000), { part: 500 / 1100, secondsLeft: 2.4 });
  assert.deepEqual(at(4, 1_000_000, 500_001), { part: 1_000_000 / 1_500_001, secondsLeft: 500_001 / 500_000 });
  assert.equal(at(5, 1_500_001, 20_000), undefined);
  // A second's worth behind is what a mirror at work is.
  assert.equal(at(6, 1_600_001, 90_000), undefined);
  // Here it begins anew, not where it was.
  assert.deepEqual(at(7, 1_700_001, 900_000), { part: 0, secondsLeft: 9 });
});

test('the live line', () => {
  const pace = { recordsPerSecond: 1_234_567, bytesPerSecond: 181_480_000, lagRecords: 4_100, reencodedBatches: 0 };
  assert.equal(
    paceText({ ...pace, catchUp: undefined }, 152_000_000),
    '1,234,567 records/s · 181.5 MB/s · 4,100 behind · 152 MB',
  );
  assert.equal(
    paceText({ ...pace, reencodedBatches: 12, catchUp: { part: 0.456, secondsLeft: 3.2 } }, 152_000_000),
    '█████████░░░░░░░░░░░ 45 % · 4 s left · 1,234,567 records/s · 181.5 MB/s · 4,100 behind · 12 batches re-encoded · 152 MB',
  );
});
