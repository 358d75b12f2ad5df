/**
 * `npm run kafka [-- --port 9092 --data DIR]`: a Kafka for people who have none, until Ctrl-C. Without --data it
 * begins empty, and leaves nothing behind.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KafkaBroker } from '../test/services/kafka/broker.ts';
import { kafkaJars } from '../test/services/kafka/jars.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '9092' }, data: { type: 'string' } } });

console.log('Starting Kafka; the first time its jars are fetched …');
const broker = await KafkaBroker.start({
  port: Number(values.port),
  ...(values.data !== undefined && { data: values.data }),
});
const tool = (name: string) => `java -cp '${join(kafkaJars(), '*')}' org.apache.kafka.tools.${name}`;
const where = `--bootstrap-server ${broker.bootstrapServers}`;
console.log(`Kafka is at ${broker.bootstrapServers}. Topics are created by the first write to them.

Write lines to a topic:
  ${tool('ConsoleProducer')} ${where} --topic pageViews
Read them:
  ${tool('consumer.ConsoleConsumer')} ${where} --topic pageViews --from-beginning
List, create and describe topics:
  ${tool('TopicCommand')} ${where} --list

Ctrl-C ends it.`);

const stop = async () => {
  await broker.stop();
  process.exit(0);
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
