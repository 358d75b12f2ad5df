/** A real Kafka broker (KRaft; alone, or one of a cluster) on free loopback ports, for tests, benches, and people who have none. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../millrace.ts';
import { javaArguments } from './jars.ts';

/** Which of a cluster's brokers one is; all are controllers, too. */
export interface ClusterNode {
  readonly clusterId: string;
  /** From 1 on. */
  readonly id: number;
  /** Of all brokers, in the order of their ids. */
  readonly controllerPorts: readonly number[];
}

export interface BrokerOptions {
  /** A cluster of its own by default. */
  readonly node?: ClusterNode;
  /** Where clients find it; a free port by default. */
  readonly port?: number;
  /** Keeps the data there; a temporary folder, removed by `stop`, by default. */
  readonly data?: string;
  /** More places to find it at, each on a free port of localhost: the protocol by the name of the listener. */
  readonly listeners?: Readonly<Record<string, 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'>>;
  /** Ports of localhost that clients are told in place of listeners' own, by the names of those: of relays that lead there. */
  readonly advertisedPorts?: Readonly<Record<string, number>>;
  /** Users that it knows by SCRAM-SHA-256 and SCRAM-SHA-512, with their passwords. */
  readonly scramUsers?: Readonly<Record<string, string>>;
  /** More of server.properties. */
  readonly properties?: Readonly<Record<string, string | number>>;
  /** More arguments of `java`. */
  readonly jvm?: readonly string[];
  /**
   * Once it was killed it is back as soon as it is up again, rather than after Kafka's 9 seconds. On a machine that is busy it may
   * be taken for dead although it lives, and partitions are without a leader for a moment.
   */
  readonly isKilledOften?: boolean;
  /** Heap and compiler for a long bench rather than for a quick start. */
  readonly forBench?: boolean;
}

interface Ports {
  readonly clients: number;
  readonly listeners: ReadonlyMap<string, number>;
}

const startDeadlineMs = 180_000;
/** Of 16 bytes, as Kafka's own; one that begins with a dash would be taken for an option. */
export const newClusterId = () => `m${randomBytes(16).toString('base64url').slice(1)}`;

export class KafkaBroker {
  readonly port: number;
  readonly #folder: string;
  readonly #temporary: boolean;
  readonly #options: BrokerOptions;
  readonly #node: ClusterNode;
  readonly #listenerPorts: ReadonlyMap<string, number>;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(options: BrokerOptions, node: ClusterNode, ports: Ports) {
    this.port = ports.clients;
    this.#listenerPorts = ports.listeners;
    this.#temporary = options.data === undefined;
    this.#folder = options.data ?? mkdtempSync(join(tmpdir(), 'millrace-kafka-'));
    mkdirSync(this.#folder, { recursive: true });
    this.#options = options;
    this.#node = node;
    writeFileSync(this.#propertiesFile, this.#properties());
  }

  /** Formats the storage, starts the broker, and returns when it serves requests. */
  static async start(options: BrokerOptions = {}): Promise<KafkaBroker> {
    const listeners = new Map<string, number>();
    for (const name of Object.keys(options.listeners ?? {})) listeners.set(name, await freePort());
    const clients = options.port ?? (await freePort());
    const node = options.node ?? { clusterId: newClusterId(), id: 1, controllerPorts: [await freePort()] };
    const broker = new KafkaBroker(options, node, { clients, listeners });
    await broker.#start(broker.#format);
    return broker;
  }

  get bootstrapServers(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Where one of the other listeners is. */
  at(listener: string): string {
    return `localhost:${this.#listenerPorts.get(listener)}`;
  }

  /** The folder of logs and settings: what a test copies to take the broker back in time while it is down. */
  get folder(): string {
    return this.#folder;
  }

  /** What the broker wrote so far. */
  get output(): string {
    return this.#output;
  }

  /** Starts it again on the same data and port. */
  restart(): Promise<void> {
    return this.#start([]);
  }

  async #start(format: readonly string[]): Promise<void> {
    const { forBench = false, jvm = [] } = this.#options;
    const java = javaArguments({ heapMb: forBench ? 1024 : 320, quickStart: !forBench, logLevel: 'INFO' });
    const child = spawn('java', [...java, ...jvm, 'Broker', this.#propertiesFile, ...format], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    const started = Promise.withResolvers<void>();
    const failed = (why: string) => started.reject(new Error(`Kafka ${why}; it wrote:\n${this.#output.slice(-5000)}`));
    this.#output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-200_000);
        if (this.#output.includes('Kafka Server started')) started.resolve();
      });
    }
    child.once('exit', (code, signal) => failed(`ended with ${code ?? signal}`));
    const timer = setTimeout(() => failed(`did not start in ${startDeadlineMs} ms`), startDeadlineMs);
    await started.promise.finally(() => clearTimeout(timer));
  }

  /** As a power cut would: kill -9. `restart` brings it back. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Ends it; removes its data unless they were given. */
  async stop(): Promise<void> {
    await this.kill(this.#temporary ? 'SIGKILL' : 'SIGTERM');
    if (this.#temporary) rmSync(this.#folder, { recursive: true, force: true });
  }

  get #propertiesFile(): string {
    return join(this.#folder, 'server.properties');
  }

  /** Options of kafka-storage.sh for a new storage. */
  get #format(): string[] {
    const users = Object.entries(this.#options.scramUsers ?? {}).flatMap(([name, password]) => [
      '--add-scram',
      `SCRAM-SHA-256=[name=${name},password=${password}]`,
      '--add-scram',
      `SCRAM-SHA-512=[name=${name},password=${password}]`,
    ]);
    return ['-t', this.#node.clusterId, ...users];
  }

  #properties(): string {
    const { id, controllerPorts } = this.#node;
    const { listeners = {}, advertisedPorts = {}, properties: more } = this.#options;
    const protocols = { CONTROLLER: 'PLAINTEXT', PLAINTEXT: 'PLAINTEXT', ...listeners };
    const own = `PLAINTEXT://127.0.0.1:${this.port}`;
    const others = Object.keys(listeners);
    const addresses = [
      own,
      `CONTROLLER://127.0.0.1:${controllerPorts[id - 1]}`,
      ...others.map((name) => `${name}://${this.at(name)}`),
    ];
    const advertised = others.map(
      (name) => `${name}://localhost:${advertisedPorts[name] ?? this.#listenerPorts.get(name)}`,
    );
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': id,
      'controller.quorum.voters': controllerPorts.map((port, index) => `${index + 1}@127.0.0.1:${port}`).join(','),
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': Object.entries(protocols)
        .map((pair) => pair.join(':'))
        .join(','),
      'inter.broker.listener.name': 'PLAINTEXT',
      listeners: addresses.join(','),
      'advertised.listeners': [own, ...advertised].join(','),
      'log.dirs': join(this.#folder, 'logs'),
      'offsets.topic.replication.factor': 1,
      'offsets.topic.num.partitions': 1,
      'transaction.state.log.replication.factor': 1,
      'transaction.state.log.num.partitions': 1,
      'transaction.state.log.min.isr': 1,
      'share.coordinator.state.topic.replication.factor': 1,
      'share.coordinator.state.topic.num.partitions': 1,
      'group.initial.rebalance.delay.ms': 0,
      // A compaction that a test waits for comes at once.
      'log.cleaner.backoff.ms': 100,
      'broker.heartbeat.interval.ms': 500,
      ...(this.#options.isKilledOften && { 'broker.session.timeout.ms': 2000 }),
      ...more,
    };
    const lines = Object.entries(properties).map(
      ([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}\n`,
    );
    return lines.join('');
  }
}
