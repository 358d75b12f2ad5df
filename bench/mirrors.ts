/** The mirrors that are compared, each as a process that has one topic to mirror: ours takes MirrorMaker 2's file. */
import { fileURLToPath } from 'node:url';
import { FolderProcess } from '../test/services/folder-process.ts';
import {
  type Properties,
  propertiesText,
  startMirrorMaker1,
  startMirrorMaker2,
} from '../test/services/mirror-maker/mirror-maker.ts';

export interface MirrorTask {
  /** `bootstrap.servers` of both. */
  readonly source: string;
  readonly target: string;
  readonly topic: string;
  /** Of the topic's batches. */
  readonly codec: string;
}

export interface Mirror {
  readonly name: string;
  start(task: MirrorTask): FolderProcess;
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

/** What is mirrored as it is at the source: committed records alone, compressed in the same way. */
const alike =
  ({ codec }: MirrorTask) =>
  (from: string, to: string) => ({
    ...prefixed(`${from}.consumer`, { 'isolation.level': 'read_committed' }),
    ...prefixed(`${to}.producer`, { 'compression.type': codec }),
  });

const tuned = (task: MirrorTask) => (from: string, to: string) => ({
  'tasks.max': 2,
  'offset.lag.max': 10_000,
  ...alike(task)(from, to),
  ...prefixed(`${from}.consumer`, largeFetches),
  ...prefixed(`${to}.producer`, largeBatches),
});

export const mirrorMaker1: Mirror = {
  name: 'MirrorMaker 1',
  start: ({ source, target, topic, codec }) =>
    startMirrorMaker1({
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
  start: (task) => startMirrorMaker2(fileOf(task, () => ({}))),
};

export const mirrorMaker2Tuned: Mirror = {
  name: 'MirrorMaker 2, tuned',
  start: (task) => startMirrorMaker2(fileOf(task, tuned(task))),
};

export const mirrorMaker2ExactlyOnce: Mirror = {
  name: 'MirrorMaker 2, exactly once',
  start: (task) => startMirrorMaker2(fileOf(task, (from, to) => ({ ...alike(task)(from, to), ...exactlyOnce }))),
};

export const mirrorMaker2TunedExactlyOnce: Mirror = {
  name: 'MirrorMaker 2, tuned, exactly once',
  start: (task) => startMirrorMaker2(fileOf(task, (from, to) => ({ ...tuned(task)(from, to), ...exactlyOnce }))),
};

export const millraceAtLeastOnce: Mirror = {
  name: 'millrace',
  start: (task) => startMillrace(fileOf(task, () => ({}))),
};

export const millraceExactlyOnce: Mirror = {
  name: 'millrace, exactly once',
  start: (task) => startMillrace(fileOf(task, () => exactlyOnce)),
};

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** As it is installed. */
const startMillrace = (properties: Properties): FolderProcess =>
  new FolderProcess(process.execPath, [cli, 'mirror', 'mm2.properties'], {
    'mm2.properties': propertiesText(properties),
  });
