/**
 * What `kafka-mirror-maker.sh` took: the properties of a consumer and of a producer, and a pattern of topics.
 * https://kafka.apache.org/30/documentation/#basic_ops_mirror_maker
 */
import { invalidInput } from '../../errors.ts';
import {
  type ModernProperties,
  missingBrokers,
  modernKafkaProperties,
  modernProducerProperties,
} from '../../spec/old-kafka-properties.ts';
import { patternProblem, wholeName } from '../../spec/topic-pattern.ts';
import type { MirrorFlow, NameFilter } from '../flow-settings.ts';
import { ineffectiveness, meaninglessness } from './client-properties.ts';
import { checkProperties } from './cluster-end.ts';
import { defaultCommitIntervalMs, defaultSessionTimeoutMs, lanesFor, longestCommitIntervalMs } from './limits.ts';
import { unsharedConfigs } from './mirror-maker-2-filters.ts';
import type { MirrorSettings } from './mirror-settings.ts';
import { plainNames } from './replication-policy.ts';
import type { Remark, SettingsFile } from './settings-file.ts';

export interface MirrorMaker1Options {
  /** `--consumer.config`: of the source. */
  readonly consumer: SettingsFile;
  /** `--producer.config`: of the target. */
  readonly producer: SettingsFile;
  /** `--include` or `--whitelist` */
  readonly include?: string | undefined;
  /** `--blacklist` */
  readonly exclude?: string | undefined;
  /** `--num.streams` */
  readonly streams: number;
  readonly exactlyOnce: boolean;
  readonly commitIntervalMs?: number | undefined;
}

const [source, target] = ['source', 'target'];
/** What of the consumer's properties is the flow's. */
const ofFlow = new Set(['group.id', 'auto.offset.reset', 'metadata.max.age.ms', 'session.timeout.ms']);
/** New topics are noticed sooner than by the five minutes of Java's consumers. */
const refreshMs = 30_000;

/** @throws MillraceError `invalidInput` or `unsupported` for what the files or the patterns say wrongly. */
export function readMirrorMaker1(options: MirrorMaker1Options): MirrorSettings {
  const consumer = readClient(options.consumer, modernKafkaProperties, ofFlow);
  const producer = readClient(options.producer, modernProducerProperties, new Set());
  const { 'group.id': group, 'auto.offset.reset': reset } = consumer.properties;
  if (typeof group !== 'string' || group === '') {
    throw options.consumer.mistake(
      'group.id',
      'the name of a consumer group, by which the mirror goes on where it was',
    );
  }
  const ofSource = Object.entries(consumer.properties).filter(([name]) => !ofFlow.has(name));
  const flow: MirrorFlow = {
    name: group,
    source: { alias: source, properties: Object.fromEntries(ofSource) },
    target: { alias: target, properties: producer.properties },
    topics: readTopics(options),
    mirrorsHeartbeats: false,
    policy: plainNames(source),
    delivery: options.exactlyOnce ? 'exactlyOnce' : 'atLeastOnce',
    lanes: lanesFor(options.streams),
    sessionTimeoutMs: options.consumer.count('session.timeout.ms', defaultSessionTimeoutMs, 1),
    commitIntervalMs: Math.min(longestCommitIntervalMs, options.commitIntervalMs ?? defaultCommitIntervalMs),
    startAt: readStart(reset, options.consumer),
    sourceGroup: group,
    formerOffsetsTopic: undefined,
    ledgerReplicationFactor: 3,
    topicSync: {
      refreshIntervalMs: options.consumer.count('metadata.max.age.ms', refreshMs, 1),
      // A topic that is there already is left as it is, as by the original.
      configIntervalMs: undefined,
      configExclude: [unsharedConfigs],
      configDefaultsFrom: 'target',
      aclIntervalMs: undefined,
      replicationFactor: -1,
    },
    groupSync: undefined,
    heartbeats: undefined,
  };
  return { flows: [flow], remarks: [...consumer.remarks, ...producer.remarks] };
}

/** The properties of a client that mean something, under today's names. */
function readClient(
  file: SettingsFile,
  modernise: (given: Readonly<Record<string, unknown>>) => ModernProperties,
  ofFlow: ReadonlySet<string>,
): { readonly properties: ModernProperties['properties']; readonly remarks: readonly Remark[] } {
  const remarks: Remark[] = [];
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(file.properties)) {
    const why = ofFlow.has(name) ? undefined : ineffectiveness(name);
    if (why === undefined) given[name] = value.trim();
    else remarks.push(file.remark(name, why));
  }
  const modern = modernise(given);
  const missing = missingBrokers(modern, 'bootstrap.servers');
  if (missing !== undefined) throw invalidInput(missing, { place: file.placeOf() });
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(modern.properties)) {
    const why = ofFlow.has(name) ? undefined : meaninglessness(name);
    if (why === undefined) properties[name] = value;
    else remarks.push(file.remark(name, why));
  }
  checkProperties(properties, file, (name) => (name in file.properties ? name : undefined));
  const old = modern.warnings.map((message) => ({ place: file.placeOf(), message }));
  return { properties, remarks: [...old, ...remarks] };
}

function readTopics({ include, exclude }: MirrorMaker1Options): NameFilter {
  return {
    include: topicFilter(include ?? '.*', '--include'),
    exclude: exclude === undefined ? [] : [topicFilter(exclude, '--blacklist')],
  };
}

/** Blanks and quotes around it are left out, and `,` means `|`, as Kafka's own TopicFilter has it. */
function topicFilter(text: string, option: string): RegExp {
  const pattern = text
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+/, '')
    .replace(/["']+$/, '');
  const problem = patternProblem(pattern);
  if (problem === undefined) return wholeName(pattern);
  throw invalidInput(`${option} '${text}': expected a regular expression: ${problem}`);
}

/** Java's consumers begin at the end where nothing was committed. */
function readStart(reset: unknown, file: SettingsFile): MirrorFlow['startAt'] {
  if (reset === undefined) return 'latest';
  if (reset === 'earliest' || reset === 'latest') return reset;
  throw file.mistake('auto.offset.reset', 'earliest or latest');
}
