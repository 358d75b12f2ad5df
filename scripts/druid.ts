/**
 * `npm run druid`: a small Druid 33 with a Kafka for people who have none, until Ctrl-C. It begins empty,
 * and leaves nothing behind.
 */
import { join } from 'node:path';
import { kafkaJars } from '../test/services/kafka/jars.ts';
import { startDruidAndKafka } from '../test/services/on-demand.ts';

console.log('Starting ZooKeeper, Kafka and Druid, which takes a minute; the first time their jars are fetched …');
const { stop, ...running } = await startDruidAndKafka();
console.log(`It runs; ZooKeeper is at ${running.zookeeper}. For the guides' commands:
  export DRUID=${running.router} KAFKA=${running.kafka}
Write lines to a topic:
  java -cp '${join(kafkaJars(), '*')}' org.apache.kafka.tools.ConsoleProducer --bootstrap-server ${running.kafka} --topic pageViews
Run the tests of clusters against it, rather than each file against one of its own:
  export MILLRACE_TEST_DRUID='${JSON.stringify(running)}'

Ctrl-C ends it.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await stop();
    process.exit(0);
  });
}
