/** The mirrors that are compared, each as a process that has one topic to mirror: ours takes MirrorMaker 2's file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MirrorMakerProcess, type Properties, propertiesText } from '../test/services/mirror-maker/mirror-maker.ts';

export interface MirrorTask {
  /** `bootstrap.servers` of both. */
  readonly source: string;
  readonly target: string;
  readonly topic: string;
  /** Of the topic's batches. */
  readonly codec: string;
}

export interface MirrorProcess {
  readonly pid: number;
  /** The last of what it wrote. */
  readonly output: string;
  readonly hasEnded: boolean;
  /** Kills it: what it had to tell was told. */
  stop(): Promise<void>;
}

export interface Mirror {
  readonly name: string;
  start(task: MirrorTask): MirrorProcess;
}

/** Each run is a flow of its own, which has mirrored nothing yet. */
let runs = 0;

/** MirrorMaker 2's file. What it does beside mirroring is left as it is by default. */
function fileOf({ source, target, topic }: MirrorTask, more: (from: string, to: string) => Properties): Properties {
  const [from, to] = [`from${++runs}`, `to${runs}`];
  const factors = ['offset.storage', 'status.storage', 'config.storage', 'checkpoints.topic', 'heartbeats.topic'];
  return {
    clusters: `${from}, ${to}`,
    [`${from}.bootstrap.servers`]: source,
    [`${to}.bootstrap.servers`]: target,
    [`${from}->${to}.enabled`]: true,
    [`${from}->${to}.topics`]: topic,
    'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
    'replication.factor': 1,
    'offset-syncs.topic.replication.factor': 1,
    ...Object.fromEntries(factors.map((name) => [`${name}.replication.factor`, 1])),
    ...more(from, to),
  };
}

const exactlyOnce = { 'exactly.once.source.support': 'enabled' };
const largeFetches = { 'max.partition.fetch.bytes': 5 * 2 ** 20, 'max.poll.records': 20_000 };
const largeBatches = { 'batch.size': 512 * 1024, 'linger.ms': 50, 'buffer.memory': 128 * 2 ** 20 };

const prefixed = (prefix: string, properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [`${prefix}.${name}`, value]));

const tuned =
  ({ codec }: MirrorTask) =>
  (from: string, to: string) => ({
    'tasks.max': 2,
    'offset.lag.max': 10_000,
    ...prefixed(`${from}.consumer`, { ...largeFetches, 'isolation.level': 'read_committed' }),
    ...prefixed(`${to}.producer`, { ...largeBatches, 'compression.type': codec }),
  });

export const mirrorMaker1: Mirror = {
  name: 'MirrorMaker 1',
  start: ({ source, target, topic, codec }) =>
    MirrorMakerProcess.first({
      consumer: {
        'bootstrap.servers': source,
        'group.id': `mirror-maker-${++runs}`,
        'auto.offset.reset': 'earliest',
        ...largeFetches,
      },
      producer: { 'bootstrap.servers': target, 'compression.type': codec, ...largeBatches },
      include: topic,
      streams: 2,
    }),
};

export const mirrorMaker2: Mirror = {
  name: 'MirrorMaker 2',
  start: (task) => MirrorMakerProcess.second(fileOf(task, () => ({}))),
};

export const mirrorMaker2Tuned: Mirror = {
  name: 'MirrorMaker 2, tuned',
  start: (task) => MirrorMakerProcess.second(fileOf(task, tuned(task))),
};

export const mirrorMaker2ExactlyOnce: Mirror = {
  name: 'MirrorMaker 2, tuned, exactly once',
  start: (task) =>
    MirrorMakerProcess.second(fileOf(task, (from, to) => ({ ...tuned(task)(from, to), ...exactlyOnce }))),
};

export const millraceAtLeastOnce: Mirror = {
  name: 'millrace',
  start: (task) => new MillraceMirror(fileOf(task, () => ({}))),
};

export const millraceExactlyOnce: Mirror = {
  name: 'millrace, exactly once',
  start: (task) => new MillraceMirror(fileOf(task, () => exactlyOnce)),
};

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** As it is installed. */
class MillraceMirror implements MirrorProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'millrace-mirror-'));
  readonly #child: ChildProcess;
  output = '';

  constructor(properties: Properties) {
    const file = join(this.#folder, 'mm2.properties');
    writeFileSync(file, propertiesText(properties));
    this.#child = spawn(process.execPath, [cli, 'mirror', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-20_000);
      });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async stop(): Promise<void> {
    if (!this.hasEnded) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
