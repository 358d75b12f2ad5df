/** `millrace promote` as its users have it: a process of its own beside a server's. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { post } from '../server/support.ts';
import type { DruidAndKafka } from '../services/on-demand.ts';

const cli = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Promotion {
  /** What it wrote so far. */
  output(): string;
  /** Settles when it has written this, or has ended. */
  hasWritten(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** The exit code. */
  readonly ended: Promise<number | null>;
}

export function startPromotion(
  { router, kafka }: DruidAndKafka,
  dataSource: string,
  ...more: readonly string[]
): Promotion {
  const args = ['promote', dataSource, '--druid', router, '--kafka', kafka, ...more];
  const child: ChildProcess = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let told = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += String(chunk);
      told.resolve();
      told = Promise.withResolvers();
    });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    output: () => output,
    hasWritten: async (text) => {
      let over = false;
      const end = ended.then(() => {
        over = true;
      });
      while (!over && !output.includes(text)) await Promise.race([told.promise, end]);
    },
    signal: (name) => child.kill(name),
    ended,
  };
}

/** Its output, when it has ended well. */
export async function promoted(promotion: Promotion): Promise<string> {
  const code = await promotion.ended;
  if (code !== 0) throw new Error(`promote ended with ${code}:\n${promotion.output()}`);
  return promotion.output();
}

/** What the server answers to JSON; fails unless that is 200. */
export async function postJson(url: string, body: string) {
  const { status, text } = await post(url, body);
  assert.equal(status, 200, text);
  return JSON.parse(text);
}

/** How far the server at this URL says that the dataSource is. */
export async function phaseOf(url: string, dataSource: string): Promise<string | undefined> {
  const promotions = (await (await fetch(`${url}/v1/promotions`)).json()) as { dataSource: string; phase: string }[];
  return promotions.find((one) => one.dataSource === dataSource)?.phase;
}

/** Stops the promotion by Ctrl-C when its stream has turned and the rest has yet to be copied. */
export async function stoppedWhileDraining(promotion: Promotion, url: string, dataSource: string): Promise<void> {
  await promotion.hasWritten('turning the stream to Druid');
  for (let over = false; !over && (await phaseOf(url, dataSource)) !== 'draining'; )
    over = await Promise.race([promotion.ended.then(() => true), sleep(50, false)]);
  promotion.signal('SIGINT');
  const code = await promotion.ended;
  const phase = await phaseOf(url, dataSource);
  if (code !== 1 || phase !== 'draining')
    throw new Error(`promote ended with ${code}, ${phase}:\n${promotion.output()}`);
}
