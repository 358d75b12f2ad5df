import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseConfig } from '../../../src/kafka/config.ts';
import { Connections } from '../../../src/kafka/connections.ts';
import { encodeBatch, openCluster, parseGroup } from '../../../src/kafka/index.ts';
import { apiVersionsV0 } from '../../../src/kafka/library.ts';
import { Scribe } from '../../services/kafka/scribe.ts';
import { startSecuredBroker, users } from '../../services/kafka/secured.ts';
import { kafkaTool } from '../../services/kafka/tools.ts';

const sessionMs = 2_000;
const { broker, certificates, stop } = await startSecuredBroker({
  properties: { 'listener.name.sasltls.scram-sha-256.connections.max.reauth.ms': sessionMs },
});
const scribe = new Scribe(broker.bootstrapServers);
after(async () => {
  await scribe.stop();
  await stop();
});

const quoted = (text: string) => `"${text.replaceAll('"', '\\"')}"`;
const as = (mechanism: string, module: string, user: string, password: string) => ({
  'bootstrap.servers': broker.at('SASL'),
  'security.protocol': 'SASL_PLAINTEXT',
  'sasl.mechanism': mechanism,
  'sasl.jaas.config': `org.apache.kafka.common.security.${module} required username=${quoted(user)} password=${quoted(password)};`,
});
const plain = (user: string, password: string) => as('PLAIN', 'plain.PlainLoginModule', user, password);
const scram = (user: string, password: string, bits: 256 | 512 = 256) =>
  as(`SCRAM-SHA-${bits}`, 'scram.ScramLoginModule', user, password);
const overTls = {
  'bootstrap.servers': broker.at('SASLTLS'),
  'security.protocol': 'SASL_SSL',
  'ssl.truststore.type': 'PEM',
  'ssl.truststore.location': certificates.ca,
};

async function brokersAs(properties: Readonly<Record<string, string>>): Promise<number> {
  await using cluster = openCluster(properties);
  return (await cluster.metadata([])).brokers.size;
}

test('PLAIN and SCRAM users may, with and without TLS', async () => {
  for (const [user, password] of Object.entries(users)) {
    for (const login of [plain(user, password), scram(user, password), scram(user, password, 512)]) {
      assert.equal(await brokersAs(login), 1);
      assert.equal(await brokersAs({ ...login, ...overTls }), 1);
    }
  }
});

test('a wrong password, and a user that is not known, are told as that', async () => {
  for (const login of [
    plain('alice', 'wrong'),
    plain('nobody', 'builder'),
    scram('bob', 'wrong'),
    scram('bob', 'wrong', 512),
  ]) {
    const mechanism = login['sasl.mechanism'];
    await assert.rejects(brokersAs(login), {
      code: 'unavailable',
      message: new RegExp(
        `^Kafka at localhost:\\d+: the login by ${mechanism} failed: Authentication failed.*; check .*sasl\\.jaas\\.config`,
      ),
    });
  }
});

test('a login that was refused is not tried again at once', async () => {
  const failures = () => broker.output.split('Failed authentication').length;
  await using cluster = openCluster(plain('alice', 'wrong'));
  const before = failures();
  await assert.rejects(cluster.metadata([]), /Invalid username or password/);
  while (failures() === before) await new Promise(setImmediate);
  await assert.rejects(cluster.metadata([]), /Invalid username or password.*; tried again in 1 s/);
  await assert.rejects(cluster.metadata([]), /tried again in 1 s/);
  assert.equal(failures(), before + 1);
});

test('mechanisms, logins and TLS that the listener has not', async () => {
  const kerberos = {
    'sasl.jaas.config': 'Krb5LoginModule required useTicketCache=true;',
    'sasl.kerberos.service.name': 'k',
  };
  await assert.rejects(
    brokersAs({ ...plain('alice', 'x'), 'sasl.mechanism': 'GSSAPI', ...kerberos }),
    /does not take GSSAPI; set sasl\.mechanism to one of .*SCRAM-SHA-256/,
  );
  const toPlaintext = { ...plain('alice', 'x'), 'bootstrap.servers': broker.bootstrapServers };
  await assert.rejects(brokersAs(toPlaintext), /wants no login there; set security\.protocol/);
  await assert.rejects(brokersAs({ 'bootstrap.servers': broker.at('SASL') }), /cannot be used: .*security\.protocol/);
});

test('what the ACLs deny is told as that', async () => {
  await scribe.createTopic('secret');
  const acl = ['--add', '--allow-principal', 'User:bob', '--operation', 'All', '--topic', 'secret'];
  await kafkaTool('org.apache.kafka.tools.AclCommand', ['--bootstrap-server', broker.bootstrapServers, ...acl]);
  const where = { topic: 'secret', partition: 0 };
  await using alice = openCluster(scram('alice', users.alice));
  await assert.rejects(alice.listOffsets([where], 'latest'), /secret-0: Kafka answers TOPIC_AUTHORIZATION_FAILED/);
  await using bob = openCluster(scram('bob', users.bob));
  await assert.doesNotReject(bob.metadata(['secret']));
  await using fetcher = alice.fetch([{ ...where, offset: 0 }]);
  for await (const fetched of fetcher) {
    assert.ok(fetched.kind === 'problem');
    assert.equal(fetched.reason, 'refused');
    assert.match(fetched.error.message, /TOPIC_AUTHORIZATION_FAILED/);
    break;
  }
});

test('a session is renewed before the broker ends it, and nothing of what is read then is lost', async () => {
  const properties = { ...scram('bob', users.bob), ...overTls };
  const connections = new Connections('test', parseConfig(properties).connection);
  const [host, port] = broker.at('SASLTLS').split(':');
  const to = () => connections.to({ host: host as string, port: Number(port) });
  const first = await to();
  assert.equal(first.sessionMs, sessionMs);
  while ((await to()) === first) await new Promise(setImmediate);
  // What is under way on the former one still gets its answers.
  await apiVersionsV0.api.async(first.raw, '', '');
  await connections.close();

  await using cluster = openCluster(properties);
  await scribe.createTopic('renewed');
  await using fetcher = cluster.fetch([{ topic: 'renewed', partition: 0, offset: 0 }]);
  const read: string[] = [];
  const until = performance.now() + 2.5 * sessionMs;
  const write = (value: string) =>
    cluster.produce([
      { topic: 'renewed', partition: 0, batch: encodeBatch([{ value: Buffer.from(value) }], { timestamp: 0 }) },
    ]);
  await write('0');
  for await (const fetched of fetcher) {
    assert.ok(fetched.kind === 'values');
    read.push(fetched.values.toString());
    assert.equal(fetcher.positions()[0]?.trouble, undefined);
    if (performance.now() > until) break;
    await write(String(read.length));
  }
  assert.deepEqual(
    read,
    Array.from(read, (_, i) => `${i}\n`),
  );
});

test("a group's member keeps its share beyond a session", async () => {
  await scribe.createTopic('shared');
  await using cluster = openCluster({ ...scram('bob', users.bob), ...overTls });
  const troubles: string[] = [];
  const group = cluster.group({
    settings: parseGroup({ 'group.id': 'keepers', 'heartbeat.interval.ms': 100 }),
    topics: ['shared'],
    onTrouble: ({ message }) => troubles.push(message),
  });
  const ending = new AbortController();
  for await (const share of group.generations(ending.signal)) {
    // Until the coordinator was ready.
    troubles.length = 0;
    await sleep(2.5 * sessionMs, undefined, { signal: share.revoked });
    await share.commit([{ topic: 'shared', partition: 0, offset: 0 }]);
    ending.abort();
  }
  assert.deepEqual(troubles, []);
});
