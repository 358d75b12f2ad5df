/** The commands of the guides that take two Kafka clusters, the external one by TLS and with a password. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { KafkaBroker } from './services/kafka/broker.ts';
import { makeCertificates } from './services/kafka/certificates.ts';
import { kafkaJars } from './services/kafka/jars.ts';
import { documents, follow } from './support/documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-certificates-'));
const certificates = makeCertificates(folder);
const internal = await KafkaBroker.start();
const external = await KafkaBroker.start({
  listeners: { OUTSIDE: 'SASL_SSL' },
  scramUsers: { mirror: 'secret' },
  properties: {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': certificates.broker,
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.outside.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  },
});
after(async () => {
  await Promise.all([internal.stop(), external.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const tool = (name: string) => `exec java -cp '${join(kafkaJars(), '*')}' org.apache.kafka.tools.${name} "$@"`;
const surroundings = {
  variables: {
    INTERNAL: internal.bootstrapServers,
    EXTERNAL: external.at('OUTSIDE'),
    TRUSTSTORE: certificates.ca,
  },
  programs: {
    'kafka-console-consumer.sh': tool('consumer.ConsoleConsumer'),
    'kafka-console-producer.sh': tool('ConsoleProducer'),
    'kafka-consumer-groups.sh': tool('consumer.group.ConsumerGroupCommand'),
    'kafka-topics.sh': tool('TopicCommand'),
  },
};

for (const document of documents.onTwoClusters)
  test(`the commands of ${document} do what it says`, (t) => follow(document, t, surroundings));
