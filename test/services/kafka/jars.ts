/** Kafka's jars, and how its Java is started. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jarsOf } from '../maven.ts';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const logging = fileURLToPath(new URL('log4j2.properties', import.meta.url));

export const kafkaJars = (): string => jarsOf('kafka', pom);

/** Of bin/kafka-run-class.sh. */
const ofKafkasScripts = [
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-Djava.awt.headless=true',
];

export interface JavaOptions {
  readonly heapMb: number;
  /** Up in half the time, slower in the long run: for tests, not for benches, which run it as Kafka's own scripts do. */
  readonly quickStart: boolean;
  /** For the broker: its own log, on standard output. */
  readonly logLevel?: 'INFO' | 'WARN';
  /** The folder of the jars; by default the broker's and the tools'. */
  readonly jars?: string;
}

/** The arguments of `java` before the main class. */
export function javaArguments(options: JavaOptions): string[] {
  const { heapMb, quickStart, logLevel = 'WARN', jars = kafkaJars() } = options;
  return [
    `-Xmx${heapMb}m`,
    ...(quickStart ? ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] : ofKafkasScripts),
    `-Dlog4j2.configurationFile=${logging}`,
    `-Dkafka.log.level=${logLevel}`,
    ...(logLevel === 'INFO' ? ['-Dkafka.log.target=SYSTEM_OUT'] : []),
    '-cp',
    join(jars, '*'),
  ];
}
