/** https://kafka.apache.org/documentation/#georeplication-topic-naming */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMirrorMaker2, SettingsFile } from '../../../src/mirror/settings/index.ts';

/** Of the flow A->B. */
function policy(...lines: string[]) {
  const clusters = ['clusters = A, B', 'A.bootstrap.servers = a:1', 'B.bootstrap.servers = b:2', 'A->B.enabled = true'];
  const file = SettingsFile.parse([...clusters, ...lines].join('\n'), 'mm2.properties');
  return readMirrorMaker2(file, { exactlyOnce: false }).flows[0]!.policy;
}

test('the default policy puts the source before a name', () => {
  const { remoteTopic, sourceOf, upstreamTopic, isInternal, checkpointsTopic } = policy();
  assert.equal(remoteTopic('orders'), 'A.orders');
  assert.equal(sourceOf('C.orders'), 'C');
  assert.equal(upstreamTopic('C.A.orders'), 'A.orders');
  assert.equal(sourceOf('orders'), undefined);
  assert.equal(sourceOf('orders.'), undefined);
  assert.equal(upstreamTopic('orders'), undefined);
  assert.equal(checkpointsTopic, 'A.checkpoints.internal');
  assert.deepEqual(['mm2-configs.A.internal', 'x-internal', '__x', '.x', 'orders'].map(isInternal), [
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('another separator, and internal topics without it', () => {
  const other = policy('replication.policy.separator = __');
  assert.equal(other.remoteTopic('orders'), 'A__orders');
  assert.equal(other.upstreamTopic('C__orders'), 'orders');
  assert.equal(other.sourceOf('C.orders'), undefined);
  assert.equal(other.checkpointsTopic, 'A__checkpoints__internal');
  const old = policy('replication.policy.separator = _', 'replication.policy.internal.topic.separator.enabled = false');
  assert.equal(old.remoteTopic('orders'), 'A_orders');
  assert.equal(old.checkpointsTopic, 'A.checkpoints.internal');
});

test('the identity policy leaves all names but those of heartbeats', () => {
  const { kind, remoteTopic, sourceOf } = policy(
    'replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
  );
  assert.equal(kind, 'identity');
  assert.equal(remoteTopic('orders'), 'orders');
  assert.equal(remoteTopic('heartbeats'), 'A.heartbeats');
  assert.equal(sourceOf('B.orders'), undefined);
  assert.equal(sourceOf('B.heartbeats'), 'B');
});
