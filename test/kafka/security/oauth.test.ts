import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, beforeEach, test } from 'node:test';
import { encodeBatch, openCluster } from '../../../src/kafka/index.ts';
import { Scribe } from '../../services/kafka/scribe.ts';
import { startSecuredBroker } from '../../services/kafka/secured.ts';

const { broker, certificates, stop } = await startSecuredBroker({
  properties: { 'listener.name.sasl.oauthbearer.connections.max.reauth.ms': 60_000 },
});

/** What the endpoint was asked, and what it answers with. */
let asked: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
let answer: () => { status?: number; body: unknown };
async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked.push({ headers: request.headers, body: await text(request) });
  const { status = 200, body } = answer();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
const pem = readFileSync(certificates.broker);
const endpoint = createServer(respond).listen(0, '127.0.0.1');
const byTls = createTlsServer({ cert: pem, key: pem }, respond).listen(0, 'localhost');
await Promise.all([once(endpoint, 'listening'), once(byTls, 'listening')]);
after(async () => {
  endpoint.close();
  byTls.close();
  await stop();
});

/** As the broker's own validator for development takes it: nobody has signed it. */
function jwt(lifetimeSeconds: number): string {
  const now = Date.now() / 1000;
  const parts = [{ alg: 'none' }, { sub: 'alice', iat: now, exp: now + lifetimeSeconds }];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}

beforeEach(() => {
  asked = [];
  answer = () => ({ body: { access_token: jwt(600), token_type: 'Bearer', expires_in: 600 } });
});

const url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/token`;
const module = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required';
const withJaas = (options: string, more: Readonly<Record<string, string>> = {}) => ({
  'bootstrap.servers': broker.at('SASL'),
  'security.protocol': 'SASL_PLAINTEXT',
  'sasl.mechanism': 'OAUTHBEARER',
  'sasl.jaas.config': `${module} ${options};`,
  ...more,
});
const byEndpoint = (options: string) => withJaas(options, { 'sasl.oauthbearer.token.endpoint.url': url });
const client = 'clientId="milly" clientSecret="s3:cret" scope="read write"';

async function brokersAs(properties: Readonly<Record<string, string>>): Promise<number> {
  await using cluster = openCluster(properties);
  return (await cluster.metadata([])).brokers.size;
}

test('an unsecured token, for development', async () => {
  assert.equal(await brokersAs(withJaas('unsecuredLoginStringClaim_sub="alice"')), 1);
});

test('a token by client credentials, named in either way', async () => {
  assert.equal(await brokersAs(byEndpoint(client)), 1);
  const named = {
    'sasl.oauthbearer.token.endpoint.url': url,
    'sasl.oauthbearer.client.credentials.client.id': 'milly',
    'sasl.oauthbearer.client.credentials.client.secret': 's3:cret',
    'sasl.oauthbearer.scope': 'read write',
  };
  assert.equal(await brokersAs(withJaas('', named)), 1);
  assert.equal(asked.length, 2);
  for (const { headers, body } of asked) {
    // RFC 6749, 2.3.1 and 4.4.2; the base64 of milly:s3:cret.
    assert.equal(headers.authorization, 'Basic bWlsbHk6czM6Y3JldA==');
    assert.equal(headers['content-type'], 'application/x-www-form-urlencoded;charset=UTF-8');
    assert.equal(body, 'grant_type=client_credentials&scope=read+write');
  }
});

test('an endpoint by https is trusted by the stores that the login names, not those of the brokers', async () => {
  const { port } = byTls.address() as AddressInfo;
  const https = { 'sasl.oauthbearer.token.endpoint.url': `https://localhost:${port}/token` };
  const trust = `ssl.truststore.type="PEM" ssl.truststore.location="${certificates.ca}"`;
  assert.equal(await brokersAs(withJaas(`${client} ${trust}`, https)), 1);
  assert.equal(asked.length, 1);
  const ofBrokers = { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': certificates.ca };
  await assert.rejects(brokersAs(withJaas(client, { ...https, ...ofBrokers })), {
    code: 'unavailable',
    message: /the token endpoint https:\/\/localhost:\d+ does not answer: .*certificate.*ssl\.truststore\.location/,
  });
  const byAddress = { 'sasl.oauthbearer.token.endpoint.url': `https://127.0.0.1:${port}/token` };
  await assert.rejects(brokersAs(withJaas(`${client} ${trust}`, byAddress)), /127\.0\.0\.1.*does not answer: /);
  assert.equal(asked.length, 1);
});

test('id and secret are encoded where that is wanted', async () => {
  const wanted = { 'sasl.oauthbearer.token.endpoint.url': url, 'sasl.oauthbearer.header.urlencode': 'true' };
  assert.equal(await brokersAs(withJaas(client, wanted)), 1);
  // The base64 of milly:s3%3Acret.
  assert.equal(asked[0]?.headers.authorization, 'Basic bWlsbHk6czMlM0FjcmV0');
});

test('a token is used for all connections while it lives, and connections are renewed with it', async () => {
  await using cluster = openCluster(byEndpoint(client));
  await using other = cluster.fetch([]);
  const scribe = new Scribe(broker.bootstrapServers);
  await scribe.createTopic('tokens');
  await scribe.stop();
  other.assign([{ topic: 'tokens', partition: 0, offset: 0 }]);
  const write = (value: string) =>
    cluster.produce([
      { topic: 'tokens', partition: 0, batch: encodeBatch([{ value: Buffer.from(value) }], { timestamp: 0 }) },
    ]);
  await write('0');
  for await (const fetched of other) {
    assert.equal(fetched.kind, 'values');
    break;
  }
  assert.equal(asked.length, 1);

  // The broker ends a session with its token.
  answer = () => ({ body: { access_token: jwt(2) } });
  await using brief = openCluster(byEndpoint(client));
  asked = [];
  while (asked.length < 3) assert.equal((await brief.metadata([])).brokers.size, 1);
});

test('what goes wrong at the endpoint, and a token that the broker refuses', async () => {
  const fails = (message: RegExp) => assert.rejects(brokersAs(byEndpoint(client)), { code: 'unavailable', message });
  answer = () => ({ status: 401, body: { error: 'invalid_client', error_description: 'Unknown client' } });
  await fails(
    /login by OAUTHBEARER failed: the token endpoint http:\/\/127\.0\.0\.1:\d+ answers 401: invalid_client: Unknown/,
  );
  answer = () => ({ body: {} });
  await fails(/answers without an access_token; check the client's id, secret and scope/);
  answer = () => ({ body: { access_token: jwt(-60) } });
  await fails(/login by OAUTHBEARER failed: .*invalid_token/);
  const nowhere = { 'sasl.oauthbearer.token.endpoint.url': 'http://127.0.0.1:1/token' };
  await assert.rejects(
    brokersAs(withJaas(client, nowhere)),
    /the token endpoint http:\/\/127\.0\.0\.1:1 does not answer: /,
  );
});
