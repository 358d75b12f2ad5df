/** Kafka's own mirrors, the first and the second MirrorMaker, as processes: what ours is measured beside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

export class MirrorMakerProcess {
  readonly #child: ChildProcess;
  readonly #folder: string;
  #output = '';

  private constructor(folder: string, java: readonly string[]) {
    this.#folder = folder;
    this.#child = spawn('java', java, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-20_000);
      });
  }

  static first({ consumer, producer, include, streams }: MirrorMaker1): MirrorMakerProcess {
    const folder = newFolder();
    write(folder, 'consumer.properties', consumer);
    write(folder, 'producer.properties', producer);
    return new MirrorMakerProcess(folder, [
      ...java('mirror-maker-1', 'pom-1.xml'),
      'kafka.tools.MirrorMaker',
      ...['--consumer.config', 'consumer.properties'],
      ...['--producer.config', 'producer.properties'],
      ...['--include', include],
      ...['--num.streams', String(streams)],
    ]);
  }

  /** @param properties of its one file. */
  static second(properties: Properties): MirrorMakerProcess {
    const folder = newFolder();
    write(folder, 'mm2.properties', properties);
    const main = 'org.apache.kafka.connect.mirror.MirrorMaker';
    return new MirrorMakerProcess(folder, [...java('mirror-maker-2', 'pom-2.xml'), main, 'mm2.properties']);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** The last of what it wrote, warnings and errors. */
  get output(): string {
    return this.#output;
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

const newFolder = () => mkdtempSync(join(tmpdir(), 'millrace-mirror-maker-'));

const write = (folder: string, name: string, properties: Properties) =>
  writeFileSync(join(folder, name), propertiesText(properties));

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
