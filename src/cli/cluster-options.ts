/** `--druid` and `--kafka`: a Druid cluster in place of the engine and its folder. */
import { type Command, Option } from 'commander';
import type { DruidSettings } from '../druid/index.ts';
import { invalidInput } from '../errors.ts';
import type { KafkaProperties } from '../kafka/index.ts';
import { loadJavaProperties } from '../spec/java-properties.ts';
import type { Loaded } from '../spec/load.ts';
import { readInput } from './input.ts';
import { UsageError } from './options.ts';

/** Where a command's data is: in a folder, or on a cluster. */
export interface BackendOptions extends ClusterFlags {
  readonly data: string;
}

export interface ClusterFlags {
  readonly druid?: string;
  readonly druidConfig?: string;
  readonly kafka?: string;
  readonly kafkaConfig?: string;
}

/** By name, as texts. */
export type DruidProperties = Readonly<Record<string, string>>;

/** What a file of Tranquility says of the cluster. */
export interface ClusterOfFile {
  readonly druid?: DruidProperties;
  readonly kafka?: KafkaProperties;
}

export interface ClusterSettings {
  readonly druid: DruidSettings;
  readonly kafka: KafkaProperties;
}

export function addBackendOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'folder that holds the data', 'millrace-data')
    .addOption(
      new Option(
        '--druid <address>',
        "a Druid cluster in place of a folder: its router's URL or those of several of its services with commas, zk://host:2181/chroot, or from-file, the ZooKeeper that a file names",
      ).conflicts('data'),
    )
    .option('--druid-config <file>', "Druid's properties of how to log in, such as its common.runtime.properties")
    .option(
      '--kafka <host:port>',
      'with --druid: the Kafka that events go through, or several of its brokers with commas',
    )
    .option('--kafka-config <file>', "with --druid: properties of Java's Kafka clients, such as its login");
}

/**
 * Undefined without `--druid`.
 * @param ofFile what a command's file says of the cluster; the options take precedence.
 * @throws UsageError for options that do not go together, MillraceError `invalidInput` for what a file says wrongly, `environment` for a file that cannot be read.
 */
export function clusterSettings(flags: ClusterFlags, ofFile: ClusterOfFile = {}): ClusterSettings | undefined {
  const { druid, druidConfig, kafka, kafkaConfig } = flags;
  if (druid === undefined) {
    const alone = Object.entries({ '--druid-config': druidConfig, '--kafka': kafka, '--kafka-config': kafkaConfig });
    const [option] = alone.find(([, value]) => value !== undefined) ?? [];
    if (option === undefined) return undefined;
    throw new UsageError(`${option} is of a Druid cluster; say where it is with --druid http://router:8888`);
  }
  const kafkaProperties = {
    ...ofFile.kafka,
    ...propertiesOf(kafkaConfig),
    ...(kafka !== undefined && { 'bootstrap.servers': kafka }),
  };
  if (!('bootstrap.servers' in kafkaProperties))
    throw new UsageError('--druid needs the Kafka that events go through; add --kafka host:9092');
  return { druid: druidSettings(druid, druidConfig, ofFile.druid), kafka: kafkaProperties };
}

/** Of `--druid` and `--druid-config`, in front of what a file that is served says. @throws MillraceError as {@link clusterSettings}. */
export function druidSettings(druid: string, config: string | undefined, ofFile: DruidProperties = {}): DruidSettings {
  const { value, placeOf } = config === undefined ? nothing : loadJavaProperties(readInput(config), config);
  const properties = { ...ofFile, ...(value as DruidProperties) };
  if (druid !== 'from-file') return { at: druid, properties, place: placeOf };
  const connect = properties['druid.zk.service.host'];
  if (connect) return { at: `zk://${connect}`, properties, place: placeOf };
  throw invalidInput(
    "--druid from-file finds no ZooKeeper: expected druid.zk.service.host in --druid-config, or zookeeper.connect in Tranquility's file",
  );
}

const nothing: Loaded = { value: {}, placeOf: ([name]) => ({ path: String(name) }) };

function propertiesOf(file: string | undefined): Readonly<Record<string, string>> {
  if (file === undefined) return {};
  return loadJavaProperties(readInput(file), file).value as Record<string, string>;
}
