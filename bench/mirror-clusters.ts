/** Two Kafka clusters of one broker each, the second one also to be had over a long way, and topics to be mirrored. */
import type { ChildProcess } from 'node:child_process';
import { KafkaBroker } from '../test/services/kafka/broker.ts';
import { forkRelay } from '../test/services/kafka/relay.ts';
import { Scribe } from '../test/services/kafka/scribe.ts';
import { freePort } from '../test/services/millrace.ts';
import { eventsFile } from './events.ts';

export const partitions = 2;
/** From one cluster to the other and back. */
export const roundTripMs = 40;

export interface SourceTopic {
  readonly topic: string;
  readonly records: number;
  readonly codec: string;
}

/** Deleted topics give their space back at once: each mirror writes as much as all before it. */
const properties = { 'log.segment.delete.delay.ms': 500 };

export class MirrorClusters {
  readonly source: string;
  readonly target: string;
  /** The same cluster as `target`. */
  readonly distantTarget: string;
  readonly #brokers: readonly KafkaBroker[];
  readonly #relay: ChildProcess;
  readonly #scribes: { readonly source: Scribe; readonly target: Scribe };

  private constructor(source: KafkaBroker, target: KafkaBroker, relay: ChildProcess, distantPort: number) {
    this.#brokers = [source, target];
    this.#relay = relay;
    this.source = source.bootstrapServers;
    this.target = target.bootstrapServers;
    this.distantTarget = `localhost:${distantPort}`;
    this.#scribes = { source: new Scribe(this.source), target: new Scribe(this.target) };
  }

  static async start(): Promise<MirrorClusters> {
    const distantPort = await freePort();
    const source = await KafkaBroker.start({ forBench: true, properties });
    const target = await KafkaBroker.start({
      forBench: true,
      properties,
      listeners: { DISTANT: 'PLAINTEXT' },
      advertisedPorts: { DISTANT: distantPort },
    });
    const to = Number(target.at('DISTANT').split(':')[1]);
    const relay = await forkRelay({ port: distantPort, to, delayMs: roundTripMs / 2 });
    return new MirrorClusters(source, target, relay, distantPort);
  }

  /** @param batchBytes of Kafka's own producer, which may compress more into one. */
  async fill(codec: string, batchBytes: number, records: number): Promise<SourceTopic> {
    const topic = `views-${codec}-${batchBytes}`;
    const { source } = this.#scribes;
    await source.createTopic(topic, partitions);
    await source.openProducer('filler', {
      'compression.type': codec,
      'batch.size': batchBytes,
      'linger.ms': 100,
      // Of small batches, what Java keeps beside each takes more memory than the batch.
      'buffer.memory': 8 * 2 ** 20,
    });
    await source.sendLines('filler', topic, (await eventsFile(records)).path);
    return { topic, records, codec };
  }

  /** An empty topic on both sides. */
  async createBoth(topic: string): Promise<void> {
    await this.#scribes.source.createTopic(topic, partitions);
    await this.#scribes.target.createTopic(topic, partitions);
  }

  createOnTarget = (topic: string) => this.#scribes.target.createTopic(topic, partitions);
  deleteOnTarget = (topic: string) => this.#scribes.target.deleteTopic(topic);
  deleteOnSource = (topic: string) => this.#scribes.source.deleteTopic(topic);
  async deleteBoth(topic: string): Promise<void> {
    await this.#scribes.source.deleteTopic(topic);
    await this.#scribes.target.deleteTopic(topic);
  }

  async stop(): Promise<void> {
    this.#relay.kill();
    for (const scribe of Object.values(this.#scribes)) await scribe.stop();
    for (const broker of this.#brokers) await broker.stop();
  }
}
