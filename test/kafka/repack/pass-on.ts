/** Passes topics on from broker to broker, and has Kafka's own consumer read both ends. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { patchProducer } from '../../../src/kafka/batch-patch.ts';
import { type Cluster, Repacker, type RepackReason } from '../../../src/kafka/index.ts';
import type { Scribe, Settings } from '../../services/kafka/scribe.ts';
import { temporaryFolder } from '../../support/engine.ts';
import { newTopicName } from '../fetching.ts';

const noProducer = { id: -1, epoch: -1, sequence: -1 };

interface ReadRecord {
  readonly offset: number;
  readonly timestampType: string;
  /** Timestamp, key, value, headers. */
  readonly content: string;
}

export interface Passed {
  readonly reencoded: Partial<Record<RepackReason, number>>;
  readonly parcels: number;
  /** Batches of the source. */
  readonly batches: number;
}

export async function passingOn(cluster: Cluster, scribe: Scribe) {
  const folder = await temporaryFolder();
  after(() => folder[Symbol.asyncDispose]());
  const repacker = new Repacker();

  async function newTopic(name: string, settings: Settings = {}): Promise<string> {
    const topic = newTopicName(name);
    await scribe.createTopic(topic, 1, { 'retention.ms': -1, ...settings });
    return topic;
  }

  async function read(topic: string, from = 0): Promise<ReadRecord[]> {
    const file = join(folder.path, topic);
    await scribe.readRecords(topic, file);
    const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
    const records = lines.map((line) => {
      const [, offset, timestamp, timestampType = '', ...rest] = line.split('\t');
      return { offset: Number(offset), timestampType, content: [timestamp, ...rest].join('\t') };
    });
    return records.filter(({ offset }) => offset >= from);
  }

  /** Passes all of a topic on, and has Kafka's own consumer compare. */
  async function passOn(topic: string, from = 0, maxBatchBytes = 1_048_588): Promise<Passed> {
    const target = await newTopic('target', { 'max.message.bytes': maxBatchBytes });
    const passed = { reencoded: {} as Partial<Record<RepackReason, number>>, parcels: 0, batches: 0 };
    /** By offset of the source: the target's. */
    const places = new Map<number, number>();
    const [end] = await cluster.listOffsets([{ topic, partition: 0 }], 'latest');
    await using fetcher = cluster.fetchBatches([{ topic, partition: 0, offset: from }]);
    for await (const fetched of fetcher) {
      if (fetched.kind === 'problem') throw fetched.error;
      const repacked = repacker.repack(fetched, maxBatchBytes);
      for (const { bytes, records, runs } of repacked.parcels) {
        patchProducer(bytes, noProducer, false);
        const [produced] = await cluster.produce([{ topic: target, partition: 0, batch: bytes }]);
        assert.equal(produced?.errorCode, 0);
        let place = produced.baseOffset;
        for (let run = 0; run < runs.length; run += 2)
          for (let one = 0; one < (runs[run + 1] as number); one++) places.set((runs[run] as number) + one, place++);
        assert.equal(place, produced.baseOffset + records);
      }
      for (const [reason, count] of Object.entries(repacked.reencoded) as [RepackReason, number][])
        passed.reencoded[reason] = (passed.reencoded[reason] ?? 0) + count;
      if (repacked.problem !== undefined) throw repacked.problem.error;
      passed.parcels += repacked.parcels.length;
      passed.batches += fetched.starts.length;
      repacked.release();
      if (fetched.nextOffset >= (end?.offset as number)) break;
    }
    const [source, copy] = [await read(topic, from), await read(target)];
    assert.ok(source.length > 0);
    assert.deepEqual(
      copy.map(({ content }) => content),
      source.map(({ content }) => content),
    );
    assert.deepEqual(
      copy.map(({ offset }) => offset),
      source.map(({ offset }) => places.get(offset)),
    );
    assert.equal(places.size, source.length);
    assert.deepEqual([...new Set(copy.map(({ timestampType }) => timestampType))], ['CreateTime']);
    return passed;
  }

  return { newTopic, read, passOn };
}
