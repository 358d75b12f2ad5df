import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openCluster } from '../../../src/kafka/index.ts';
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { kafkaTool } from '../../services/kafka/tools.ts';
import { kafkaForTests } from '../fetching.ts';

const broker = await KafkaBroker.start({
  properties: {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
  },
});
const cluster = openCluster({ 'bootstrap.servers': broker.bootstrapServers });
after(async () => {
  await cluster.close();
  await broker.stop();
});

const aclTool = (...options: string[]) =>
  kafkaTool('org.apache.kafka.tools.AclCommand', ['--bootstrap-server', broker.bootstrapServers, ...options]);

test("entries that Kafka's tool makes are read, those of prefixes left out", async () => {
  const add = ['--add', '--topic', 'read-here'];
  await aclTool(...add, '--allow-principal', 'User:alice', '--operation', 'Read');
  await aclTool(...add, '--deny-principal', 'User:bob', '--deny-host', '10.0.0.1', '--operation', 'All');
  const prefixed = ['--resource-pattern-type', 'prefixed', '--allow-principal', 'User:carol', '--operation', 'Write'];
  await aclTool(...add, ...prefixed);
  const acls = (await cluster.admin.topicAcls()).sort((one, other) => one.principal.localeCompare(other.principal));
  assert.deepEqual(acls, [
    { topic: 'read-here', principal: 'User:alice', host: '*', operation: 'READ', permission: 'ALLOW' },
    { topic: 'read-here', principal: 'User:bob', host: '10.0.0.1', operation: 'ALL', permission: 'DENY' },
  ]);
});

test("entries are made that Kafka's tool reads, once", async () => {
  const acl = {
    topic: 'made-here',
    principal: 'User:dave',
    host: '10.0.0.2',
    operation: 'DESCRIBE',
    permission: 'ALLOW',
  } as const;
  await cluster.admin.createTopicAcls([acl]);
  await cluster.admin.createTopicAcls([acl]);
  const listed = await aclTool('--list', '--topic', 'made-here');
  const entries = listed.split('\n').filter((line) => line.includes('principal='));
  assert.equal(entries.length, 1, listed);
  assert.match(entries[0] ?? '', /principal=User:dave, host=10\.0\.0\.2, operation=DESCRIBE, permissionType=ALLOW/);
});

test('a cluster without an authorizer says so', async () => {
  const { cluster: open } = await kafkaForTests();
  await assert.rejects(open.admin.topicAcls(), { context: { kafkaError: 'SECURITY_DISABLED' } });
});
