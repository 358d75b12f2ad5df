/** Kafka's command line tools. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { javaArguments } from './jars.ts';

/**
 * Runs a tool to its end; its standard output. `input` is a file for its standard input.
 * @throws Error with what it wrote, when it fails.
 */
export async function kafkaTool(mainClass: string, options: readonly string[], input?: string): Promise<string> {
  const java = javaArguments({ heapMb: 512, quickStart: false });
  const stdin = input === undefined ? 'ignore' : openSync(input, 'r');
  const child = spawn('java', [...java, mainClass, ...options], { stdio: [stdin, 'pipe', 'pipe'] });
  if (typeof stdin === 'number') closeSync(stdin);
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk).slice(-5000);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${mainClass} ended with ${code}: ${errors || output}`);
  return output;
}

/** Writes a file's lines into a topic, with Kafka's console producer. */
export async function produceLines(
  bootstrapServers: string,
  topic: string,
  file: string,
  properties: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  const settings = Object.entries(properties).flatMap(([name, value]) => ['--producer-property', `${name}=${value}`]);
  const where = ['--bootstrap-server', bootstrapServers, '--topic', topic];
  await kafkaTool('org.apache.kafka.tools.ConsoleProducer', [...where, ...settings], file);
}
