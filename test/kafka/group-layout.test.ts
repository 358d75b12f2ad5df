import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprint, layoutOf, shareOut } from '../../src/kafka/group-layout.ts';

const partition = (number: number) => ({ partition: number, leader: 1, leaderEpoch: 0 });
const topic = (name: string, partitions: number, errorCode = 0) => ({
  topic: name,
  topicId: undefined,
  errorCode,
  isInternal: false,
  partitions: Array.from({ length: partitions }, (_, number) => partition(number)),
});

test('partitions go to the members in turn, across topics', () => {
  const layout = layoutOf([topic('b', 2), topic('a', 3), topic('broken', 4, 5), topic('empty', 0)]);
  const members = ['two', 'one'].map((memberId) => ({ memberId, topics: ['a', 'b'] }));
  assert.deepEqual(
    [...shareOut(members, layout)].map(([id, share]) => [id, share.map((one) => `${one.topic}-${one.partition}`)]),
    [
      ['one', ['a-0', 'a-2', 'b-1']],
      ['two', ['a-1', 'b-0']],
    ],
  );
});

test('nobody gets a topic to which it does not subscribe', () => {
  const layout = layoutOf([topic('a', 2), topic('b', 2), topic('c', 1)]);
  const shares = shareOut(
    [
      { memberId: 'one', topics: ['a'] },
      { memberId: 'two', topics: ['a', 'b'] },
    ],
    layout,
  );
  assert.deepEqual(
    [...shares.values()].map((share) => share.map((one) => `${one.topic}-${one.partition}`)),
    [['a-0'], ['a-1', 'b-0', 'b-1']],
  );
});

test('a fingerprint tells layouts apart, of the topics that are asked for', () => {
  const before = layoutOf([topic('a', 2), topic('b', 2)]);
  const after = layoutOf([topic('a', 2), topic('b', 3)]);
  assert.equal(fingerprint(before, ['a']), fingerprint(after, ['a']));
  assert.notEqual(fingerprint(before, ['a', 'b']), fingerprint(after, ['a', 'b']));
  assert.notEqual(fingerprint(before, ['a']), fingerprint(before, ['a', 'b']));
});
