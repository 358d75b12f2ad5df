/**
 * Kafka's own Java clients at a test's command: what is read here was not written by our own code. One JVM for all
 * commands (Scribe.java).
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { javaArguments } from './jars.ts';

export type Settings = Readonly<Record<string, string | number>>;

/** What a record has beside its value. */
export interface RecordParts {
  readonly partition?: number;
  /** Empty: null. */
  readonly key?: string;
  /** Milliseconds since 1970; now unless it is given. */
  readonly timestamp?: number;
  readonly headers?: Settings;
}

export class Scribe {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  #errors = '';

  constructor(bootstrapServers: string) {
    const java = javaArguments({ heapMb: 128, quickStart: true });
    this.#child = spawn('java', [...java, 'Scribe', bootstrapServers]);
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-5000);
    });
    this.#lines = createInterface(this.#child.stdout);
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  createTopic = (topic: string, partitions = 1, settings: Settings = {}) =>
    this.#command('topic', topic, partitions, ...words(settings));
  deleteTopic = (topic: string) => this.#command('delete-topic', topic);
  configureTopic = (topic: string, settings: Settings) => this.#command('configure', topic, ...words(settings));
  /** Raises the number of partitions. */
  addPartitions = (topic: string, partitions: number) => this.#command('partitions', topic, partitions);
  /** Moves the log's start up to the offset. */
  deleteRecords = (topic: string, partition: number, before: number) =>
    this.#command('delete-records', topic, partition, before);

  /** What clients of this `client.id` may do: `producer_byte_rate`, `consumer_byte_rate`, per second, of each broker. */
  limitClient = (clientId: string, quotas: Settings) => this.#command('quota', clientId, ...words(quotas));
  /** Every partition is led again by the first of its replicas, where that is in sync. */
  electPreferredLeaders = () => this.#command('elect');
  /** How many replicas are in sync, in that partition of the topic that has the fewest. */
  replicasInSync = (topic: string) => this.#command('in-sync', topic);
  /** What a group has committed. */
  committedOffset = (groupId: string, topic: string, partition: number) =>
    this.#command('group-offset', groupId, topic, partition);

  /**
   * A producer under this name, in place of one that has it: that is closed at once, whatever it has under way. With
   * `transactional.id`, its transactions are initialised: one that was left open is aborted, one about to be committed is.
   */
  openProducer = (name: string, settings: Settings = {}) => this.#command('producer', name, ...words(settings));
  send = (producer: string, topic: string, value: string | null, record: RecordParts = {}) => {
    const { partition = 0, key = '', timestamp = '', headers = {} } = record;
    return value === null
      ? this.#command('send-null', producer, topic, partition, key, timestamp, ...words(headers))
      : this.#command('send', producer, topic, partition, key, value, timestamp, ...words(headers));
  };
  /** Sends `<prefix>0`, `<prefix>1`, …, each as a value without a key. */
  fill = (producer: string, topic: string, count: number, prefix: string, partition = 0) =>
    this.#command('fill', producer, topic, partition, count, prefix);
  /** Sends a file's lines to all of the topic's partitions, and waits for the broker. */
  sendLines = (producer: string, topic: string, file: string) => this.#command('lines', producer, topic, file);
  /** Sends what is pending and waits for the broker; the last record's offset. */
  flush = (producer: string) => this.#command('flush', producer);

  /** Writes what Kafka's own consumer sees of the topic in read_committed mode now to the file, a value a line. */
  readCommitted = (topic: string, file: string) => this.#command('committed', topic, file);

  /** The same with all that a record has: partition, offset, timestamp, its type, key, value, headers; tabs between them, bytes in hex. */
  readRecords = (topic: string, file: string) => this.#command('records', topic, file);

  begin = (producer: string) => this.#command('begin', producer);
  /** Commits an offset of a group within the transaction. */
  sendOffset = (producer: string, groupId: string, topic: string, partition: number, offset: number) =>
    this.#command('send-offset', producer, groupId, topic, partition, offset);
  commit = (producer: string) => this.#command('commit', producer);
  abort = (producer: string) => this.#command('abort', producer);
  /**
   * Ends when every partition has the mark of the last transaction's end. A broker answers a commit before that, so who
   * reads "to the end" right after it may find the transaction still open.
   */
  marked = (transactionalId: string) => this.#command('marked', transactionalId);

  /** Leaves open transactions open, as a crash would. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    await exited;
    this.#lines.close();
  }

  async #command(...command: readonly (string | number)[]): Promise<number> {
    this.#child.stdin.write(`${command.map((word) => encodeURIComponent(word)).join(' ')}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`Scribe ended: ${this.#errors}`);
    if (!value.startsWith('ok ')) throw new Error(`${command.join(' ')}: ${value}`);
    return Number(value.slice(3));
  }
}

const words = (settings: Settings) => Object.entries(settings).map(([name, value]) => `${name}=${value}`);
