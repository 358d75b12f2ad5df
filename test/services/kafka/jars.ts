/** Kafka's jars, by Maven from the pom beside this file: fetched once, kept outside of the repository. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const logging = fileURLToPath(new URL('log4j2.properties', import.meta.url));

/**
 * The folder that holds the jars of exactly this pom. Takes a download the first time.
 * @throws Error when Maven or Java is missing, or the download fails.
 */
export function kafkaJars(): string {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const folder = join(caches, 'millrace', `kafka-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(join(caches, 'millrace'), { recursive: true });
  // Test files run beside each other: whoever is done first has fetched them for all.
  const fetched = `${folder}.${process.pid}`;
  const goal = ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${fetched}`];
  execFileSync('mvn', goal, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    renameSync(fetched, folder);
  } catch {
    rmSync(fetched, { recursive: true, force: true });
  }
  return folder;
}

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
}

/** The arguments of `java` before the main class. */
export function javaArguments({ heapMb, quickStart, logLevel = 'WARN' }: JavaOptions): string[] {
  return [
    `-Xmx${heapMb}m`,
    ...(quickStart ? ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] : ofKafkasScripts),
    `-Dlog4j2.configurationFile=${logging}`,
    `-Dkafka.log.level=${logLevel}`,
    ...(logLevel === 'INFO' ? ['-Dkafka.log.target=SYSTEM_OUT'] : []),
    '-cp',
    join(kafkaJars(), '*'),
  ];
}
