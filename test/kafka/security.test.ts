import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openCluster } from '../../src/kafka/index.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';

const plainUsers = 'username="broker" password="b" user_broker="b" user_alice="wonder\\"land"';
const broker = await KafkaBroker.start({
  protocol: 'SASL_PLAINTEXT',
  scramUsers: { bob: 'builder' },
  properties: {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.sasl_plaintext.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${plainUsers.replaceAll('\\', '\\\\')};`,
    'listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  },
});
after(() => broker.stop());

const brokersAs = async (mechanism: string, jaas: string) => {
  await using cluster = openCluster({
    'bootstrap.servers': broker.bootstrapServers,
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': mechanism,
    'sasl.jaas.config': jaas,
  });
  return (await cluster.metadata([])).brokers.size;
};
const plain = (user: string, password: string) =>
  `org.apache.kafka.common.security.plain.PlainLoginModule required username="${user}" password="${password}";`;
const scram = (user: string, password: string) =>
  `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="${password}";`;

test('PLAIN and SCRAM users may', async () => {
  assert.equal(await brokersAs('PLAIN', plain('alice', 'wonder\\"land')), 1);
  assert.equal(await brokersAs('SCRAM-SHA-256', scram('bob', 'builder')), 1);
});

test('a wrong password, and a user that is not known, are told as that', async () => {
  for (const [mechanism, jaas] of [
    ['PLAIN', plain('alice', 'wrong')],
    ['PLAIN', plain('nobody', 'wonderland')],
    ['SCRAM-SHA-256', scram('bob', 'wrong')],
  ] as const) {
    await assert.rejects(
      brokersAs(mechanism, jaas),
      /cannot be used: .*check sasl\.mechanism, and the user and password/,
    );
  }
});

test('a broker that wants SASL, from a client without', async () => {
  await using cluster = openCluster({ 'bootstrap.servers': broker.bootstrapServers });
  await assert.rejects(cluster.metadata([]), /cannot be used: .*security\.protocol/);
});
