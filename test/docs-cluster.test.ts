/** The commands of the guides that take a Druid cluster. */
import { join } from 'node:path';
import { after, test } from 'node:test';
import { kafkaJars } from './services/kafka/jars.ts';
import { sharedDruid } from './services/on-demand.ts';
import { documents, follow } from './support/documents.ts';

const druid = await sharedDruid();
after(() => druid.release());

const tool = (name: string) => `exec java -cp '${join(kafkaJars(), '*')}' org.apache.kafka.tools.${name} "$@"`;
const surroundings = {
  variables: { DRUID: druid.router, KAFKA: druid.kafka, ZOOKEEPER: druid.zookeeper },
  programs: { 'kafka-console-producer.sh': tool('ConsoleProducer'), 'kafka-topics.sh': tool('TopicCommand') },
};

for (const document of documents.onCluster)
  test(`the commands of ${document} do what it says`, (t) => follow(document, t, surroundings));
