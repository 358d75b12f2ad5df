/** Kafka's properties that cannot be are refused where they were written, before anything is connected. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadJson } from '../../src/spec/load.ts';
import { loadYaml } from '../../src/spec/load-yaml.ts';
import { readSupervisorSpec } from '../../src/spec/supervisor.ts';
import { readTranquilityKafka } from '../../src/spec/tranquility-kafka.ts';
import { temporaryBackend } from '../support/backend.ts';
import { realtimeSpec, realtimeSpecs } from '../support/realtime.ts';
import { kafkaSpec } from '../support/supervised.ts';

const wrong = { 'bootstrap.servers': 'localhost:1', 'security.protocol': 'TLS' };
const expected = "'security.protocol' is 'TLS'; expected PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL";

test('in a supervisor', async () => {
  await using test = await temporaryBackend();
  const spec = loadJson(JSON.stringify(kafkaSpec({ io: { consumerProperties: wrong } })));
  await assert.rejects(test.backend.supervisors.submit(readSupervisorSpec(spec)), {
    status: 400,
    message: `$.spec.ioConfig.consumerProperties["security.protocol"]: ${expected}`,
  });
});

test("in Tranquility Kafka's file", async () => {
  const file = `{"dataSources": [{"spec": {"dataSchema": {"dataSource": "d", "metricsSpec": [{"type": "count", "name": "n"}]}}}],
"properties": {"topicPattern": "d",
  "kafka.bootstrap.servers": "localhost:1", "kafka.heartbeat.interval.ms": "soon"}}`;
  await using test = await temporaryBackend();
  const reading = test.backend.readTranquilityKafka(
    readTranquilityKafka(loadYaml(file, 'f.json')),
    AbortSignal.abort(),
  );
  await assert.rejects(reading, {
    status: 400,
    message:
      /^f\.json, line 3 column 76, \$\.properties\["kafka\.heartbeat\.interval\.ms"\]: .*is 'soon'; expected a whole/,
  });
});

test("in a realtime node's file", async () => {
  const consumerProps = { ...wrong, 'group.id': 'g' };
  const realtime = realtimeSpecs(realtimeSpec({ firehose: { type: 'kafka-0.8', feed: 'f', consumerProps } }));
  await assert.rejects(temporaryBackend({ realtime }), {
    status: 400,
    message: new RegExp(`line 1 column \\d+, \\$\\[0\\]\\.ioConfig\\.firehose: ${expected}$`),
  });
});
