import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from '../../../src/kafka/index.ts';
import { Kdc, type Principal } from '../../services/kafka/kdc.ts';
import { Scribe } from '../../services/kafka/scribe.ts';
import { startSecuredBroker } from '../../services/kafka/secured.ts';
import { kafkaTool } from '../../services/kafka/tools.ts';

const kdc = await Kdc.start();
const alice = kdc.addPrincipal('alice');
const { broker, certificates, stop } = await startSecuredBroker({ kdc });
after(async () => {
  await stop();
  await kdc.stop();
});
process.env.KRB5_CONFIG = kdc.config;

const withJaas = (options: string) => ({
  'bootstrap.servers': broker.at('SASL'),
  'security.protocol': 'SASL_PLAINTEXT',
  'sasl.kerberos.service.name': 'kafka',
  'sasl.jaas.config': `com.sun.security.auth.module.Krb5LoginModule required ${options};`,
});
const keytabOf = ({ name, keytab }: Principal) => withJaas(`useKeyTab=true keyTab="${keytab}" principal="${name}"`);

async function brokersAs(properties: Readonly<Record<string, string>>): Promise<number> {
  await using cluster = openCluster(properties);
  return (await cluster.metadata([])).brokers.size;
}
const fails = (properties: Readonly<Record<string, string>>, message: RegExp) =>
  assert.rejects(brokersAs(properties), { name: 'MillraceError', code: 'unavailable', message });

test('a keytab lets in, with and without TLS', async () => {
  assert.equal(await brokersAs(keytabOf(alice)), 1);
  const tls = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': certificates.ca };
  const overTls = { ...keytabOf(alice), ...tls, 'security.protocol': 'SASL_SSL' };
  assert.equal(await brokersAs({ ...overTls, 'bootstrap.servers': broker.at('SASLTLS') }), 1);
});

test('a ticket cache lets in for as long as its ticket is valid', async () => {
  const cached = (cache: string) => withJaas(`useTicketCache=true ticketCache="${cache}" principal="${alice.name}"`);
  assert.equal(await brokersAs(cached(kdc.ticketCache(alice, 600))), 1);

  const short = kdc.ticketCache(alice, 1);
  while (kdc.isValid(short)) await sleep(100);
  await fails(cached(short), /login by GSSAPI failed: .*expired.*klist.*kinit/i);
  await fails(cached(`${short}-none`), /login by GSSAPI failed: Can't find client principal alice@EXAMPLE.COM.*kinit/);
  const ofNobody = withJaas(`useTicketCache=true ticketCache="${short}-none"`);
  await fails(ofNobody, /login by GSSAPI failed: No Kerberos credentials available.*kinit/);
});

test('with a keytab tickets are renewed', async () => {
  const brief = kdc.addPrincipal('brief', ['-maxlife', '2 seconds']);
  assert.equal(await brokersAs(keytabOf(brief)), 1);
  const cache = kdc.ticketCache(brief, 600);
  while (kdc.isValid(cache)) await sleep(100);
  assert.equal(await brokersAs(keytabOf(brief)), 1);
});

test('a keytab that is not there, and one whose key was changed since', async () => {
  await fails(
    keytabOf({ ...alice, keytab: '/no/such.keytab' }),
    /GSSAPI failed: the keytab \/no\/such\.keytab cannot be read/,
  );
  const changed = kdc.addPrincipal('changed');
  kdc.changeKey(changed);
  await fails(
    keytabOf(changed),
    /login by GSSAPI failed: .*check with kinit -k -t .*changed\.keytab changed@EXAMPLE\.COM/,
  );
});

test('a broker that the KDC does not know by the name it is asked at', async () => {
  const byAddress = { ...keytabOf(alice), 'bootstrap.servers': broker.at('SASL').replace('localhost', '127.0.0.1') };
  await fails(byAddress, /kafka\/127\.0\.0\.1@EXAMPLE\.COM not found in Kerberos database \(.*by their names/);
});

test('a ticket for another service is worth nothing to the broker', async () => {
  kdc.addService('other', 'localhost');
  await fails(
    { ...keytabOf(alice), 'sasl.kerberos.service.name': 'other' },
    /login by GSSAPI failed: Authentication failed/,
  );
});

test('each is who its own keytab says, also beside each other, and may what the ACLs allow', async () => {
  const carol = kdc.addPrincipal('carol');
  const scribe = new Scribe(broker.bootstrapServers);
  await scribe.createTopic('secret');
  await scribe.stop();
  const acl = ['--add', '--allow-principal', 'User:carol', '--operation', 'All', '--topic', 'secret'];
  await kafkaTool('org.apache.kafka.tools.AclCommand', ['--bootstrap-server', broker.bootstrapServers, ...acl]);
  const latest = async (principal: Principal) => {
    await using cluster = openCluster(keytabOf(principal));
    return (await cluster.listOffsets([{ topic: 'secret', partition: 0 }], 'latest'))[0]?.offset;
  };
  const answers = await Promise.allSettled([alice, carol, alice, carol].map(latest));
  for (const [i, answer] of answers.entries()) {
    if (i % 2 === 1) assert.deepEqual(answer, { status: 'fulfilled', value: 0 });
    else assert.match(String(answer.status === 'rejected' && answer.reason), /TOPIC_AUTHORIZATION_FAILED/);
  }
  // The environment, by which the library is told of keytabs, is left as it was.
  assert.equal(process.env.KRB5CCNAME, undefined);
  assert.equal(process.env.KRB5_CLIENT_KTNAME, undefined);
});

test('a KDC that is gone', async () => {
  const late = kdc.addPrincipal('late');
  await kdc.kill();
  await fails(
    keytabOf(late),
    /login by GSSAPI failed: Cannot contact any KDC .*\(see realms and kdc in the krb5\.conf\)/,
  );
  await kdc.restart();
  assert.equal(await brokersAs(keytabOf(late)), 1);
});

test('a KDC that is silent', async () => {
  const waiting = kdc.addPrincipal('waiting');
  await kdc.kill();
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {}))).listen(kdc.port, '127.0.0.1');
  await once(silent, 'listening');
  const impatient = { ...keytabOf(waiting), 'socket.connection.setup.timeout.ms': '500' };
  await fails(impatient, /login by GSSAPI did not end in time; check with kinit/);
  silent.close();
  for (const socket of sockets) socket.destroy();
  await kdc.restart();
  assert.equal(await brokersAs(keytabOf(waiting)), 1);
});
