import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPolicy, plainNames } from '../../../src/mirror/settings/replication-policy.ts';
import { isSelected, type Selection } from '../../../src/mirror/topics/select-topics.ts';

const toB: Selection = {
  topics: { include: /^.*$/, exclude: [/^secret\..*$/] },
  mirrorsHeartbeats: false,
  policy: defaultPolicy({ source: 'A', separator: '.', internalSeparator: '.', heartbeatsTopic: 'heartbeats' }),
  target: { alias: 'B' },
};

const chosen = (flow: Selection, ...topics: string[]) => topics.filter((topic) => isSelected(flow, topic));

test('what is included and not excluded', () => {
  const orders = { ...toB, topics: { include: /^orders.*$/, exclude: [/^.*-old$/] } };
  assert.deepEqual(chosen(orders, 'orders', 'orders-old', 'orders-new', 'my-orders'), ['orders', 'orders-new']);
  assert.deepEqual(chosen(toB, 'orders', 'secret.orders'), ['orders']);
});

test('nothing that mirrors keep for themselves', () => {
  assert.deepEqual(chosen(toB, 'millrace-mirror-ledger.B.A', 'B.checkpoints.internal', '__consumer_offsets'), []);
  assert.deepEqual(chosen({ ...toB, policy: plainNames('A') }, 'millrace-mirror-ledger.B.A', '__consumer_offsets'), []);
});

test('nothing that was on the target before, however many clusters ago', () => {
  assert.deepEqual(chosen(toB, 'B.orders', 'C.B.orders', 'C.D.orders', 'A.orders'), ['C.D.orders', 'A.orders']);
  assert.deepEqual(chosen({ ...toB, policy: plainNames('A') }, 'B.orders'), ['B.orders']);
});

test('heartbeats, whatever else is included', () => {
  const flow = { ...toB, topics: { include: /^orders$/, exclude: [] }, mirrorsHeartbeats: true };
  assert.deepEqual(chosen(flow, 'heartbeats', 'C.heartbeats', 'B.heartbeats', 'C.orders', 'orders'), [
    'heartbeats',
    'C.heartbeats',
    'orders',
  ]);
});
