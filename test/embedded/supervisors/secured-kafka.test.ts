/** A supervisor at a broker that wants TLS and a login. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Scribe } from '../../services/kafka/scribe.ts';
import { startSecuredBroker, users } from '../../services/kafka/secured.ts';
import { freePort, startMillrace } from '../../services/millrace.ts';
import { temporaryFolder } from '../../support/engine.ts';
import { kafkaSpec, type Payload, settled } from '../../support/supervised.ts';

const { broker, certificates, stop } = await startSecuredBroker();
const folder = await temporaryFolder();
const millrace = await startMillrace({ command: ['serve'], port: await freePort(), data: folder.path });
after(async () => {
  await millrace.stop();
  await folder[Symbol.asyncDispose]();
  await stop();
});

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${millrace.url}${path}`, body === undefined ? {} : options);
  const answer = await response.text();
  assert.equal(response.status, 200, answer);
  return JSON.parse(answer) as T;
}

const supervisors = '/druid/indexer/v1/supervisor';

function submitAs(user: string, password: string): Promise<unknown> {
  const consumerProperties = {
    'bootstrap.servers': broker.at('SASLTLS'),
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': 'SCRAM-SHA-512',
    'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="${password}";`,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': certificates.ca,
  };
  const io = { topic: 'visits', consumerProperties, inputFormat: { type: 'csv', columns: ['time', 'page', 'n'] } };
  return ask(supervisors, kafkaSpec({ schema: { dataSource: 'visits' }, io }));
}

test('a wrong password is the cause of UNABLE_TO_CONNECT_TO_STREAM, and the right one ends it', async () => {
  const scribe = new Scribe(broker.bootstrapServers);
  await scribe.createTopic('visits');
  await scribe.openProducer('plain');
  for (const n of [1, 2, 3]) await scribe.send('plain', 'visits', `2026-06-01T00:00:00Z,home,${n}`);
  await scribe.flush('plain');
  await scribe.stop();

  await submitAs('bob', 'wrong');
  await settled(async () => {
    const { detailedState, recentErrors } = (await ask<{ payload: Payload }>(`${supervisors}/visits/status`)).payload;
    assert.equal(detailedState, 'UNABLE_TO_CONNECT_TO_STREAM');
    assert.equal(recentErrors[0]?.streamException, true);
    assert.match(
      recentErrors[0].message,
      /Kafka at localhost:\d+: the login by SCRAM-SHA-512 failed: .*sasl\.jaas\.config/,
    );
  });
  await submitAs('bob', users.bob);
  await settled(async () => {
    const rows = await ask<{ result: { n: number } }[]>('/druid/v2', {
      queryType: 'timeseries',
      dataSource: 'visits',
      granularity: 'all',
      intervals: '2026-06-01/P1D',
      aggregations: [{ type: 'longSum', name: 'n', fieldName: 'n' }],
    });
    assert.equal(rows[0]?.result.n, 6);
  });
});
