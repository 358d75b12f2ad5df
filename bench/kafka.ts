/**
 * Reading events out of Kafka as lines: CRC checked, decompressed, copied. Beside Kafka's own ConsumerPerformance, by
 * turns on the same topic: 2,000,000 events of about 147 bytes, 2 partitions, the broker on the same machine.
 */

import { KafkaBroker } from '../test/services/kafka/broker.ts';
import { Scribe } from '../test/services/kafka/scribe.ts';
import { kafkaTool } from '../test/services/kafka/tools.ts';
import { eventCount, eventsFile } from './events.ts';
import { readWithMillrace } from './kafka-read.ts';
import { type Figure, median } from './report.ts';

const codecs = ['none', 'lz4', 'zstd'];
const partitions = 2;

export async function kafkaBench(rounds: number): Promise<Figure[]> {
  const { path } = await eventsFile();
  const broker = await KafkaBroker.start({ forBench: true });
  const scribe = new Scribe(broker.bootstrapServers);
  const figures: Figure[] = [];
  try {
    for (const codec of codecs) {
      const topic = `events-${codec}`;
      await scribe.createTopic(topic, partitions);
      await scribe.openProducer(codec, { 'compression.type': codec });
      await scribe.sendLines(codec, topic, path);
      const theirs: number[] = [];
      const ours: number[] = [];
      const memory: number[] = [];
      for (let round = 0; round < rounds; round++) {
        theirs.push(await readWithJava(broker.bootstrapServers, topic));
        const read = await readWithMillrace({
          bootstrapServers: broker.bootstrapServers,
          topic,
          partitions,
          events: eventCount,
        });
        ours.push(eventCount / read.seconds);
        memory.push(read.peakMemoryMb);
      }
      const ratio = median(ours) / median(theirs);
      figures.push({ name: `read, ${codec}: ConsumerPerformance`, value: median(theirs), unit: 'events/s' });
      figures.push({ name: `read, ${codec}: millrace`, value: median(ours), unit: 'events/s' });
      figures.push({ name: `read, ${codec}: ratio`, value: ratio, unit: '', goal: { atLeast: 2 } });
      figures.push({ name: `read, ${codec}: peak memory`, value: Math.max(...memory), unit: 'MB' });
    }
  } finally {
    await scribe.stop();
    await broker.stop();
  }
  return figures;
}

/** Events a second, without the time to join the group. */
async function readWithJava(bootstrapServers: string, topic: string): Promise<number> {
  const output = await kafkaTool('org.apache.kafka.tools.ConsumerPerformance', [
    ...['--bootstrap-server', bootstrapServers],
    ...['--topic', topic],
    ...['--messages', String(eventCount)],
    ...['--timeout', '60000'],
  ]);
  const [header = '', values = ''] = output.trim().split('\n').slice(-2);
  const column = header.split(', ').indexOf('fetch.nMsg.sec');
  return Number(values.split(', ')[column]);
}
