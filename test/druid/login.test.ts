/** Logins to a real Druid behind a door that asks who comes, as its own extensions do. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Druid, openDruid } from '../../src/druid/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { temporaryFolder } from '../cli/support.ts';
import { byKerberos, byPassword, type Check, startGuard } from '../services/druid/guard.ts';
import { Kdc, type Principal } from '../services/kafka/kdc.ts';
import { sharedDruid } from '../services/on-demand.ts';

const { router, release } = await sharedDruid();
const kdc = await Kdc.start();
after(async () => {
  await kdc.stop();
  await release();
});
process.env.KRB5_CONFIG = kdc.config;
process.env.KRB5_KTNAME = `FILE:${kdc.addService('HTTP', 'localhost').keytab}`;
const alice = kdc.addPrincipal('alice');

async function guarded(t: TestContext, check: Check) {
  const guard = await startGuard(router, check);
  t.after(() => guard.stop());
  return guard;
}

function druidAt(t: TestContext, at: string, properties = {}): Druid {
  const druid = openDruid({ at, properties }, createLogger('silent'));
  t.after(() => druid.close());
  return druid;
}

const asUser = (name: string, password: string) => ({
  'druid.escalator.internalClientUsername': name,
  'druid.escalator.internalClientPassword': password,
});
const withKeytab = ({ name, keytab }: Principal) => ({
  'druid.escalator.internalClientPrincipal': name,
  'druid.escalator.internalClientKeytab': keytab,
});

function jaasFile(t: TestContext, text: string): string {
  const file = join(temporaryFolder(t), 'jaas.conf');
  writeFileSync(file, text);
  return file;
}

const answerOf = (druid: Druid) => druid.json('coordinator', '/druid/coordinator/v1/isLeader');
const one = { queryType: 'dataSourceMetadata', dataSource: 'no-such-data-source' };

test('user and password from properties, or from the address, whose user comes first', async (t) => {
  const { url } = await guarded(t, byPassword('me', 'pä:ss@word'));
  assert.deepEqual(await answerOf(druidAt(t, url, asUser('me', 'pä:ss@word'))), { leader: true });
  const inAddress = url.replace('//', `//me:${encodeURIComponent('pä:ss@word')}@`);
  assert.deepEqual(await answerOf(druidAt(t, inAddress)), { leader: true });
  assert.deepEqual(await answerOf(druidAt(t, inAddress, asUser('other', 'x'))), { leader: true });
});

test('a wrong password is told in words, and is not tried again at once', async (t) => {
  const guard = await guarded(t, byPassword('me', 'right'));
  const druid = druidAt(t, guard.url, asUser('me', 'wr0ng'));
  const refusal = {
    code: 'unauthorized',
    message: /refuses the user 'me' \(401\); check druid\.escalator\.internalClientUsername/,
  };
  await assert.rejects(answerOf(druid), refusal);
  const { asked } = guard;
  for (let i = 0; i < 5; i++)
    await assert.rejects(answerOf(druid), (error: Error) => {
      assert.match(error.message, refusal.message);
      assert.doesNotMatch(error.message, /wr0ng/);
      return true;
    });
  assert.equal(guard.asked, asked);
});

test("whoever asks with a login of his own goes with it, and Druid's refusal of it comes through", async (t) => {
  const guard = await guarded(t, byPassword('guest', 'theirs'));
  const authorization = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const druid = druidAt(t, guard.url);
  const ask = async (headers: Record<string, string>) => {
    const {
      status,
      headers: answered,
      body,
    } = await druid.request('broker', { method: 'GET', path: '/druid/v2/datasources', headers });
    await body
      .resume()
      .toArray()
      .catch(() => {});
    return { status, challenge: answered['www-authenticate'] };
  };
  assert.deepEqual(await ask({ authorization: authorization('guest:theirs') }), { status: 200, challenge: undefined });
  const refused = { status: 401, challenge: 'Basic realm="druid"' };
  assert.deepEqual(await ask({ authorization: authorization('guest:wrong') }), refused);
  assert.deepEqual(await ask({}), refused);
});

test('Kerberos with a keytab: one login, and then the cookie, which nobody else gets to see', async (t) => {
  const door = await byKerberos();
  const guard = await guarded(t, door.check);
  const druid = druidAt(t, guard.url, withKeytab(alice));
  for (let i = 0; i < 3; i++) assert.deepEqual(await answerOf(druid), { leader: true });
  assert.deepEqual(door.logins, [alice.name]);
  const answer = await druid.request('broker', {
    method: 'POST',
    path: '/druid/v2',
    headers: { 'content-type': 'application/json', cookie: 'theirs=1' },
    body: JSON.stringify(one),
  });
  assert.deepEqual(await answer.body.toArray().then((pieces) => JSON.parse(pieces.join(''))), []);
  assert.match(String(guard.lastHeaders.cookie), /^theirs=1; hadoop\.auth="u=alice/);
  for (const [name, value] of Object.entries(answer.headers))
    assert.doesNotMatch(`${name}: ${value}`, /hadoop|Negotiate/);
});

test('a cookie that is good no more is followed by another login', async (t) => {
  const door = await byKerberos();
  const { url } = await guarded(t, door.check);
  const druid = druidAt(t, url, withKeytab(alice));
  await answerOf(druid);
  door.forget();
  assert.deepEqual(await answerOf(druid), { leader: true });
  assert.deepEqual(door.logins, [alice.name, alice.name]);

  // One that ends within the minute is not counted on.
  const brief = await byKerberos({ cookieMs: 1_000 });
  const other = druidAt(t, (await guarded(t, brief.check)).url, withKeytab(alice));
  await answerOf(other);
  const before = brief.logins.length;
  await answerOf(other);
  assert.equal(brief.logins.length, before + 1);
});

test('a server that does not prove who it is gets nothing told', async (t) => {
  const { check } = await byKerberos({ provesItself: false });
  const { url } = await guarded(t, check);
  await assert.rejects(answerOf(druidAt(t, url, withKeytab(alice))), {
    code: 'unauthorized',
    message: /does not prove by Kerberos who it is/,
  });
});

test('Kerberos with the tickets of kinit, for as long as they are valid', async (t) => {
  t.after(() => {
    delete process.env.KRB5CCNAME;
  });
  const door = await byKerberos();
  const { url } = await guarded(t, door.check);
  const properties = { 'druid.escalator.type': 'kerberos' };
  process.env.KRB5CCNAME = `FILE:${kdc.ticketCache(alice, 600)}`;
  assert.deepEqual(await answerOf(druidAt(t, url, properties)), { leader: true });
  assert.deepEqual(door.logins, [alice.name]);

  const short = kdc.ticketCache(alice, 1);
  while (kdc.isValid(short)) await sleep(100);
  process.env.KRB5CCNAME = `FILE:${short}`;
  await assert.rejects(answerOf(druidAt(t, url, properties)), {
    code: 'unauthorized',
    message: /cannot be logged in to by Kerberos: .*expired.*klist.*kinit/i,
  });
  process.env.KRB5CCNAME = `FILE:${short}-none`;
  await assert.rejects(answerOf(druidAt(t, url, properties)), /there are no credentials of Kerberos.*kinit/);
});

test("Kerberos with a JAAS file, named by a property or in KAFKA_OPTS: its login of who begins, as Java's", async (t) => {
  t.after(() => {
    delete process.env.KAFKA_OPTS;
  });
  const door = await byKerberos();
  const { url } = await guarded(t, door.check);
  const login = 'java.security.auth.login.config';
  const kafkasAlone = `KafkaClient { ${kdc.jaas(kdc.addPrincipal('broker-user'))} };`;
  const bob = kdc.addPrincipal('bob');
  const tickets = `com.sun.security.auth.module.Krb5LoginModule required useTicketCache=true ticketCache="${kdc.ticketCache(alice, 500)}";`;
  const sectionOf = (name: string, module: string) => `${kafkasAlone}\ncom.sun.security.jgss.${name} { ${module} };`;

  const byProperty = { [login]: jaasFile(t, sectionOf('krb5.initiate', kdc.jaas(alice))) };
  assert.deepEqual(await answerOf(druidAt(t, url, byProperty)), { leader: true });
  process.env.KAFKA_OPTS = `-D${login}=${jaasFile(t, sectionOf('initiate', kdc.jaas(bob)))}`;
  assert.deepEqual(await answerOf(druidAt(t, url, { 'druid.escalator.type': 'kerberos' })), { leader: true });
  assert.deepEqual(await answerOf(druidAt(t, url, { [login]: jaasFile(t, sectionOf('initiate', tickets)) })), {
    leader: true,
  });
  // What Druid's own properties say comes first.
  assert.deepEqual(await answerOf(druidAt(t, url, withKeytab(alice))), { leader: true });
  assert.deepEqual(door.logins, [alice.name, bob.name, alice.name, alice.name]);

  const opens = (text: string) => () => druidAt(t, url, { [login]: jaasFile(t, text) });
  assert.throws(opens(kafkasAlone), { code: 'invalidInput', message: /has no section com\.sun\.security\.jgss\.krb5/ });
  assert.throws(
    opens(sectionOf('initiate', 'Krb5LoginModule required;')),
    /has no credentials: expected useKeyTab=true/,
  );
  assert.throws(() => druidAt(t, url, { [login]: '/no/jaas.conf' }), {
    code: 'environment',
    message: /no\/jaas\.conf, the JAAS file that java\.security\.auth\.login\.config names, cannot be read/,
  });
});

test('a key that was changed, a keytab that is not there, and a host that the KDC does not know', async (t) => {
  const { check } = await byKerberos();
  const { url } = await guarded(t, check);
  const changed = kdc.addPrincipal('changed');
  kdc.changeKey(changed);
  await assert.rejects(answerOf(druidAt(t, url, withKeytab(changed))), /check with kinit -k -t .*changed\.keytab/);
  const none = { ...alice, keytab: '/no/such.keytab' };
  await assert.rejects(answerOf(druidAt(t, url, withKeytab(none))), /the keytab \/no\/such\.keytab cannot be read/);
  const byAddress = url.replace('localhost', '127.0.0.1');
  await assert.rejects(
    answerOf(druidAt(t, byAddress, withKeytab(alice))),
    /HTTP\/127\.0\.0\.1@EXAMPLE\.COM not found in Kerberos database \(.*by their names/,
  );
});
