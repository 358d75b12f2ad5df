/** Messages of formats that no Kafka of today writes, laid into the log of one, which reads them. */
import assert from 'node:assert/strict';
import { globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { compress } from '../../../src/kafka/compression.ts';
import { type Codec, codecs, openCluster } from '../../../src/kafka/index.ts';
import { KafkaBroker } from '../../services/kafka/broker.ts';
import { Scribe } from '../../services/kafka/scribe.ts';
import { passingOn } from './pass-on.ts';

const broker = await KafkaBroker.start({ isKilledOften: true });
const scribe = new Scribe(broker.bootstrapServers);
const cluster = openCluster({ 'bootstrap.servers': broker.bootstrapServers });
after(async () => {
  await cluster.close();
  await scribe.stop();
  await broker.stop();
});
const { newTopic, passOn } = await passingOn(cluster, scribe);

interface Message {
  readonly offset: number;
  readonly key?: string;
  readonly value: string | Buffer | null;
  readonly timestamp?: number;
  readonly codec?: Codec;
  readonly isAppended?: boolean;
}

/** By the layout of Kafka's documentation. */
function message(format: 0 | 1, { offset, key, value, timestamp = 0, codec = 'none', isAppended }: Message): Buffer {
  const field = (content: string | Buffer | null | undefined) => {
    const bytes = Buffer.from(content ?? '');
    const length = Buffer.alloc(4);
    length.writeInt32BE(content === null || content === undefined ? -1 : bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(timestamp));
  const attributes = codecs.indexOf(codec) | (isAppended ? 8 : 0);
  const covered = [Buffer.of(format, attributes), ...(format === 1 ? [time] : []), field(key), field(value)];
  const body = Buffer.concat(covered);
  const head = Buffer.alloc(16);
  head.writeBigInt64BE(BigInt(offset));
  head.writeInt32BE(body.length + 4, 8);
  head.writeUInt32BE(crc32(body), 12);
  return Buffer.concat([head, body]);
}

/** One that holds others. */
function wrapped(format: 0 | 1, outer: Omit<Message, 'value'> & { codec: Codec }, inner: readonly Message[]): Buffer {
  const content = Buffer.concat(inner.map((one) => message(format, one)));
  return message(format, { ...outer, value: compress(outer.codec, content) });
}

const now = Date.now();

const format0 = [
  message(0, { offset: 0, value: 'zero' }),
  message(0, { offset: 1, key: 'k', value: null }),
  wrapped(0, { offset: 5, codec: 'gzip' }, [
    { offset: 2, key: 'ä', value: 'two' },
    { offset: 4, value: 'four: three is compacted away' },
    { offset: 5, key: '', value: '' },
  ]),
  wrapped(0, { offset: 6, codec: 'snappy' }, [{ offset: 6, value: 'x'.repeat(3000) }]),
];

const format1 = [
  message(1, { offset: 0, value: 'zero', timestamp: now - 5 }),
  message(1, { offset: 3, key: 'k', value: null, timestamp: 1_000 }),
  wrapped(1, { offset: 7, codec: 'lz4', timestamp: now }, [
    { offset: 0, value: 'four', timestamp: now - 1 },
    { offset: 2, key: 'k', value: 'six', timestamp: now },
    { offset: 3, value: null, timestamp: now - 2_000_000_000 },
  ]),
  wrapped(1, { offset: 9, codec: 'lz4', timestamp: now - 10, isAppended: true }, [
    { offset: 0, value: 'eight', timestamp: 1 },
    { offset: 1, value: 'nine', timestamp: 2 },
  ]),
];

test('messages from before Kafka 0.11 become batches', async () => {
  const topics = [await newTopic('format0'), await newTopic('format1')] as const;
  await broker.kill();
  for (const [topic, messages] of [
    [topics[0], format0],
    [topics[1], format1],
  ] as const) {
    const log = join(broker.folder, 'logs', `${topic}-0`);
    for (const index of globSync('*.{index,timeindex,snapshot}', { cwd: log })) rmSync(join(log, index));
    writeFileSync(join(log, '00000000000000000000.log'), Buffer.concat(messages));
  }
  await broker.restart();
  for (const topic of topics) {
    const { reencoded, batches } = await passOn(topic);
    assert.deepEqual([reencoded, batches], [{ oldFormat: 4 }, 4]);
    // In the middle of messages in one.
    await passOn(topic, 5);
  }
});
