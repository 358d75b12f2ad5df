import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MirrorMetrics } from '../../src/mirror/metrics.ts';

const mirrorLines = async (metrics: MirrorMetrics) => {
  const { text } = await metrics.exposition();
  return text.split('\n').filter((line) => line.startsWith('millrace_mirror_') && !line.includes('_bucket'));
};

test('what was mirrored stands in the exposition by flow, topic and partition', async () => {
  const metrics = new MirrorMetrics();
  const flow = metrics.flow('A.B');
  flow.lanes(4);
  flow.partition('hybrid', 3).mirrored(10, 1470);
  flow.partition('hybrid', 3).mirrored(5, 735);
  flow.partition('hybrid', 3).aborted(2);
  flow.partition('hybrid', 3).lag(7);
  flow.reencoded('compacted', 4);
  flow.latency(0.25);
  flow.committed(0.004);
  flow.laneRestarted();
  const labels = 'flow="A.B",topic="hybrid",partition="3"';
  assert.deepEqual(await mirrorLines(metrics), [
    `millrace_mirror_records_total{${labels}} 15`,
    `millrace_mirror_bytes_total{${labels}} 2205`,
    `millrace_mirror_aborted_records_total{${labels}} 2`,
    `millrace_mirror_lag_records{${labels}} 7`,
    'millrace_mirror_latency_seconds_sum{flow="A.B"} 0.25',
    'millrace_mirror_latency_seconds_count{flow="A.B"} 1',
    'millrace_mirror_reencoded_batches_total{flow="A.B",reason="compacted"} 4',
    'millrace_mirror_commit_seconds_sum{flow="A.B"} 0.004',
    'millrace_mirror_commit_seconds_count{flow="A.B"} 1',
    'millrace_mirror_lane_restarts_total{flow="A.B"} 1',
    'millrace_mirror_lanes{flow="A.B"} 4',
  ]);
});

test('totals add up over flows and partitions', () => {
  const metrics = new MirrorMetrics();
  metrics.flow('A.B').partition('a', 0).mirrored(1, 10);
  metrics.flow('A.B').partition('a', 1).mirrored(2, 20);
  metrics.flow('B.A').partition('a', 0).mirrored(4, 40);
  metrics.flow('A.B').partition('a', 0).lag(100);
  metrics.flow('B.A').partition('a', 0).lag(11);
  metrics.flow('A.B').reencoded('size', 3);
  metrics.flow('B.A').reencoded('compacted', 5);
  assert.deepEqual(metrics.totals(), { records: 7, bytes: 70, lagRecords: 111, reencodedBatches: 8 });
});

test('a partition that went to another process keeps its counts, and has no lag', async () => {
  const metrics = new MirrorMetrics();
  const partition = metrics.flow('A.B').partition('a', 0);
  partition.mirrored(5, 50);
  partition.lag(9);
  partition.stopped('topicRecreated');
  partition.release();
  assert.deepEqual(metrics.totals(), { records: 5, bytes: 50, lagRecords: 0, reencodedBatches: 0 });
  const lines = await mirrorLines(metrics);
  assert.deepEqual(
    lines.filter((line) => /lag|stopped/.test(line)),
    [],
  );
});

test('lanes that are shared out anew take their partitions along', () => {
  const metrics = new MirrorMetrics();
  const flow = metrics.flow('A.B');
  flow.lanes(4);
  flow.partition('a', 0).lag(9);
  flow.lanes(2);
  assert.equal(metrics.totals().lagRecords, 0);
});

test('a partition that goes no further tells why, until it goes on', async () => {
  const metrics = new MirrorMetrics();
  const partition = metrics.flow('A.B').partition('a', 0);
  const stopped = async () => (await mirrorLines(metrics)).filter((line) => line.includes('stopped'));
  const labels = 'flow="A.B",topic="a",partition="0"';
  partition.stopped('topicRecreated');
  assert.deepEqual(await stopped(), [`millrace_mirror_stopped{${labels},reason="topicRecreated"} 1`]);
  partition.stopped('offsetOutOfRange');
  assert.deepEqual(await stopped(), [`millrace_mirror_stopped{${labels},reason="offsetOutOfRange"} 1`]);
  partition.stopped(undefined);
  assert.deepEqual(await stopped(), []);
});
