/**
 * `npm run druid`: a small Druid 33 with a Kafka for people who have none, until Ctrl-C. It begins empty,
 * and leaves nothing behind.
 */
import { startDruidAndKafka } from '../test/services/on-demand.ts';

console.log('Starting ZooKeeper, Kafka and Druid, which takes a minute; the first time their jars are fetched …');
const { stop, ...running } = await startDruidAndKafka();
console.log(`Druid's router is at ${running.router}, Kafka at ${running.kafka}, ZooKeeper at ${running.zookeeper}.

Push into it:
  millrace server -configFile tranquility-server.json --druid ${running.router} --kafka ${running.kafka}
Look into it: ${running.router}/status, ${running.router}/druid/indexer/v1/supervisor?full
Run the tests of clusters against it, rather than each file against one of its own:
  export MILLRACE_TEST_DRUID='${JSON.stringify(running)}'

Ctrl-C ends it.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await stop();
    process.exit(0);
  });
}
