/** Kafka's jars with the programs beside this file, and how its Java is started. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder } from '../cache.ts';
import { jarsOf } from '../maven.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const pom = here('pom.xml');
const logging = here('log4j2.properties');
const sources = ['Broker.java', 'Scribe.java', 'Training.java'].map(here);

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
  /** The folder of the jars; by default the broker's and the tools', with the programs beside this file. */
  readonly jars?: string;
}

/** The arguments of `java` before the main class. */
export function javaArguments(options: JavaOptions): string[] {
  const { heapMb, quickStart, logLevel = 'WARN', jars } = options;
  return [
    `-Xmx${heapMb}m`,
    ...(quickStart ? ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'] : ofKafkasScripts),
    `-Dlog4j2.configurationFile=${logging}`,
    `-Dkafka.log.level=${logLevel}`,
    ...(logLevel === 'INFO' ? ['-Dkafka.log.target=SYSTEM_OUT'] : []),
    ...(jars === undefined ? withPrograms() : ['-cp', join(jars, '*')]),
  ];
}

/**
 * Our programs compiled, and the classes of theirs and Kafka's as the JVM has them in memory: a broker starts with half the work
 * that it takes to compile, read and verify them each time. https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html
 */
function withPrograms(): string[] {
  const programs = cachedFolder('kafka-programs', [pom, ...sources], (folder) => {
    const classes = join(folder, 'classes');
    mkdirSync(classes, { recursive: true });
    // Only the launcher of Java knows what a star is.
    const jars = readdirSync(kafkaJars()).map((name) => join(kafkaJars(), name));
    java('-m', 'jdk.compiler/com.sun.tools.javac.Main', '-cp', jars.join(delimiter), '-d', classes, ...sources);
    java('-m', 'jdk.jartool/sun.tools.jar.Main', 'cf', join(folder, 'programs.jar'), '-C', classes, '.');
  });
  const classPath = [join(kafkaJars(), '*'), join(programs, 'programs.jar')].join(delimiter);
  // Holds the class path's names as well, and so cannot be made where that is still under another name.
  const archives = cachedFolder('kafka-archive', [pom, ...sources], (folder) => {
    mkdirSync(folder);
    const data = mkdtempSync(join(tmpdir(), 'millrace-kafka-'));
    try {
      const archive = `-XX:ArchiveClassesAtExit=${join(folder, 'classes.jsa')}`;
      java(archive, '-XX:+UseSerialGC', `-Dlog4j2.configurationFile=${logging}`, '-cp', classPath, 'Training', data);
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });
  // Of another Java's archive it says nothing, and does without.
  return [`-XX:SharedArchiveFile=${join(archives, 'classes.jsa')}`, '-Xshare:auto', '-Xlog:cds*=off', '-cp', classPath];
}

const java = (...options: string[]) => execFileSync('java', options, { stdio: 'pipe' });
