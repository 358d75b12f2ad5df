import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadCounts } from '../../src/cluster/read-counts.ts';

const none = { processed: 0, processedBytes: 0, processedWithError: 0, thrownAway: 0, unparseable: 0 };

/** As a Druid 33 answers `supervisor/{id}/stats`: a task that has not started yet has nothing. */
const task = (totals: Partial<typeof none>) => ({
  movingAverages: { buildSegments: { '1m': none, '5m': none, '15m': none } },
  totals: { buildSegments: { ...none, ...totals } },
});

test('what was read since the last time, of replicas once, by what it is shown as', async () => {
  let stats: object = {};
  const counts = new ReadCounts({ json: async () => stats });
  counts.add('d', 'topic');
  assert.equal((await counts.take()).size, 0);
  stats = {
    0: {
      index_kafka_d_aaa_one: task({ processed: 5, thrownAway: 2 }),
      index_kafka_d_aaa_two: task({ processed: 4, thrownAway: 2 }),
    },
    1: {
      index_kafka_d_bbb_one: task({ processed: 1, processedWithError: 1, unparseable: 3 }),
      index_kafka_d_ccc_one: {},
    },
  };
  assert.deepEqual(
    [...(await counts.take())],
    [['topic', { receivedCount: 12, sentCount: 7, droppedCount: 2, unparseableCount: 3 }]],
  );
  assert.equal((await counts.take()).size, 0);
  // The first has published, its successor reads on.
  stats = { 0: { index_kafka_d_ddd_one: task({ processed: 2 }) } };
  assert.deepEqual(
    [...(await counts.take())],
    [['topic', { receivedCount: 2, sentCount: 2, droppedCount: 0, unparseableCount: 0 }]],
  );
});
