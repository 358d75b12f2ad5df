import assert from 'node:assert/strict';
import { it } from 'node:test';
import { groupPartitions } from '../../../src/embedded/supervisors/partitions.ts';
import { loadJson } from '../../../src/spec/load.ts';
import { readSupervisorSpec } from '../../../src/spec/supervisor.ts';
import { kafkaSpec } from '../../support/supervised.ts';

const groups = (io: Readonly<Record<string, unknown>>, ...partitions: string[]) =>
  Object.fromEntries(groupPartitions(readSupervisorSpec(loadJson(JSON.stringify(kafkaSpec({ io })))), partitions));

it('a partition of the one topic is in the group of its number, modulo taskCount', () => {
  assert.deepEqual(groups({ taskCount: 2 }, 'clicks/0', 'clicks/1', 'clicks/2', 'clicks/11'), {
    0: ['clicks/0', 'clicks/2'],
    1: ['clicks/1', 'clicks/11'],
  });
  assert.deepEqual(groups({ taskCount: 5 }, 'clicks/0', 'clicks/1'), { 0: ['clicks/0'], 1: ['clicks/1'] });
});

it('with several topics, (31 * hash of the topic + number) modulo taskCount, as Druid has it', () => {
  // Java: "a".hashCode() is 97, "ab".hashCode() is 31 * 97 + 98 = 3105.
  assert.deepEqual(groups({ topic: null, topicPattern: 'a.*', taskCount: 10 }, 'a/0', 'a/5', 'ab/0'), {
    7: ['a/0'],
    2: ['a/5'],
    5: ['ab/0'],
  });
});
