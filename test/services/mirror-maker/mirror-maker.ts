/** Kafka's own mirrors, the first and the second MirrorMaker, as processes: what ours is measured beside, and takes over from. */
import { fileURLToPath } from 'node:url';
import { FolderProcess } from '../folder-process.ts';
import { javaArguments } from '../kafka/jars.ts';
import { jarsOf } from '../maven.ts';

export type Properties = Readonly<Record<string, string | number | boolean>>;

export interface MirrorMaker1 {
  /** `consumer.config` and `producer.config`. */
  readonly consumer: Properties;
  readonly producer: Properties;
  /** A regular expression. */
  readonly include: string;
  readonly streams: number;
}

export function startMirrorMaker1({ consumer, producer, include, streams }: MirrorMaker1): FolderProcess {
  const args = [
    'kafka.tools.MirrorMaker',
    ...['--consumer.config', 'consumer.properties'],
    ...['--producer.config', 'producer.properties'],
    ...['--include', include],
    ...['--num.streams', String(streams)],
  ];
  const files = {
    'consumer.properties': propertiesText(consumer),
    'producer.properties': propertiesText(producer),
  };
  return new FolderProcess('java', [...java('mirror-maker-1', 'pom-1.xml'), ...args], files);
}

/** @param properties of its one file. */
export function startMirrorMaker2(properties: Properties): FolderProcess {
  const args = ['org.apache.kafka.connect.mirror.MirrorMaker', 'mm2.properties'];
  const files = { 'mm2.properties': propertiesText(properties) };
  return new FolderProcess('java', [...java('mirror-maker-2', 'pom-2.xml'), ...args], files);
}

/** Of a properties file. */
export const propertiesText = (properties: Properties): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name} = ${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('');

function java(name: string, pom: string): string[] {
  const jars = jarsOf(name, fileURLToPath(new URL(pom, import.meta.url)));
  // The heap of bin/connect-mirror-maker.sh.
  return javaArguments({ heapMb: 2048, quickStart: false, jars });
}
