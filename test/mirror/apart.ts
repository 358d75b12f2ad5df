/** Two clusters that writers and readers reach as they are, and mirrors by relays that tests can cut. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { mainFile, temporaryFolder } from '../cli/support.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { Relay } from '../services/kafka/relay.ts';
import { Scribe } from '../services/kafka/scribe.ts';
import { freePort } from '../services/millrace.ts';

export interface Side {
  readonly broker: KafkaBroker;
  readonly relay: Relay;
  /** `bootstrap.servers` by way of the relay. */
  readonly afar: string;
  readonly scribe: Scribe;
}

export interface Apart {
  readonly source: Side;
  readonly target: Side;
}

/** Stopped at the end of the test file. */
export async function startApart(): Promise<Apart> {
  return { source: await startSide(), target: await startSide() };
}

async function startSide(): Promise<Side> {
  const port = await freePort();
  const broker = await KafkaBroker.start({
    isKilledOften: true,
    listeners: { AFAR: 'PLAINTEXT' },
    advertisedPorts: { AFAR: port },
    // Who is killed is replaced soon.
    properties: { 'group.min.session.timeout.ms': 500 },
  });
  const relay = await Relay.open({ port, to: Number(broker.at('AFAR').split(':')[1]) });
  const scribe = new Scribe(broker.bootstrapServers);
  after(async () => {
    await scribe.stop();
    await relay.close();
    await broker.stop();
  });
  return { broker, relay, afar: `localhost:${port}`, scribe };
}

/**
 * MirrorMaker 2's file for one topic, under its own name on the target: a flow of its own. A network that is cut is noticed by
 * short timeouts.
 */
export function flowFile(t: TestContext, { source, target }: Apart, topic: string, more: readonly string[]): string {
  const file = join(temporaryFolder(t), 'mm2.properties');
  const [from, to] = [`${topic}-internal`, `${topic}-external`];
  const lines = [
    `clusters = ${from}, ${to}`,
    `${from}.bootstrap.servers = ${source.afar}`,
    `${to}.bootstrap.servers = ${target.afar}`,
    `${from}->${to}.enabled = true`,
    `${from}->${to}.topics = ${topic}`,
    'replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
    'replication.factor = 1',
    'checkpoints.topic.replication.factor = 1',
    'heartbeats.topic.replication.factor = 1',
    'offset-syncs.topic.replication.factor = 1',
    `${from}.consumer.request.timeout.ms = 3000`,
    `${to}.producer.request.timeout.ms = 3000`,
    `${to}.session.timeout.ms = 1000`,
    ...more,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** `millrace mirror` as users start it. */
export class MirrorProcess {
  readonly #child: ChildProcess;
  #output = '';

  constructor(t: TestContext, file: string) {
    this.#child = spawn(process.execPath, [mainFile, 'mirror', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-20_000);
      });
    t.after(() => this.#child.kill('SIGKILL'));
  }

  /** The last of what it wrote. */
  get output(): string {
    return this.#output;
  }

  /** Its exit code; null after a signal that it could not handle. */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill(signal);
      await ended;
    }
    return this.#child.exitCode;
  }
}
