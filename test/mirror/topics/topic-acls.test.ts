import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyAcls, remoteAcls } from '../../../src/mirror/topics/topic-acls.ts';
import { eventually, flowOf, TestCluster, Watching } from './watching.ts';

const authorized = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
};
const [a, b] = await Promise.all([TestCluster.start(authorized), TestCluster.start(authorized)]);

const aclTool = (cluster: TestCluster, ...options: string[]) =>
  cluster.tool('org.apache.kafka.tools.AclCommand', ...options);

const entry = { topic: 'orders', principal: 'User:x', host: '*', permission: 'ALLOW' } as const;
const topics = [{ topic: 'orders', remoteTopic: 'a.orders' }];

test('who may write at the source may not at the target, and who may do all may read there', () => {
  const acls = (['READ', 'WRITE', 'ALL', 'DESCRIBE'] as const).map((operation) => ({ ...entry, operation }));
  const denied = { ...entry, operation: 'ALL', permission: 'DENY' } as const;
  const others = [
    { ...entry, topic: 'others', operation: 'READ' },
    { ...entry, topic: '*', operation: 'READ' },
  ] as const;
  const remote = remoteAcls([...acls, denied, ...others], topics);
  assert.deepEqual(
    remote.map(({ topic, operation, permission }) => `${permission} ${operation} ${topic}`),
    ['ALLOW READ a.orders', 'ALLOW READ a.orders', 'ALLOW DESCRIBE a.orders', 'DENY ALL a.orders'],
  );
});

test("entries are copied as Kafka's tool shows them, also those that come later", async () => {
  await a.scribe.createTopic('orders', 1);
  const add = ['--add', '--topic', 'orders'];
  await aclTool(a, ...add, '--allow-principal', 'User:alice', '--operation', 'Read', '--operation', 'Write');
  const flow = flowOf('a', 'b', /^orders$/);
  await using _ = new Watching({ ...flow, topicSync: { ...flow.topicSync, aclIntervalMs: 100 } }, a, b);
  const entries = async () => {
    const listed = await aclTool(b, '--list', '--topic', 'a.orders');
    return [...listed.matchAll(/principal=(\S+), host=\*, operation=(\w+), permissionType=(\w+)/g)]
      .map(([, ...parts]) => parts.join(' '))
      .sort();
  };
  await eventually('the first entry', async () => (await entries()).length > 0);
  assert.deepEqual(await entries(), ['User:alice READ ALLOW']);
  await aclTool(a, ...add, '--deny-principal', 'User:bob', '--operation', 'Read');
  await eventually('the second entry', async () => (await entries()).length > 1);
  assert.deepEqual(await entries(), ['User:alice READ ALLOW', 'User:bob READ DENY']);
});

test('a cluster without ACLs is told of, and mirrored all the same', async () => {
  const c = await TestCluster.start();
  await a.scribe.createTopic('open', 1);
  const flow = flowOf('a', 'c', /^open$/);
  await using watching = new Watching({ ...flow, topicSync: { ...flow.topicSync, aclIntervalMs: 100 } }, a, c);
  await watching.until(({ length }) => length === 1);
  assert.match((await copyAcls(c.cluster, a.cluster, []))?.message ?? '', /SECURITY_DISABLED/);
});
