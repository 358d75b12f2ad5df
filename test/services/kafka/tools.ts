/** Kafka's command line tools. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { javaArguments } from './jars.ts';

/**
 * Runs a tool to its end; its standard output.
 * @param input what it reads from its standard input.
 * @throws Error with what it wrote, when it fails.
 */
export async function kafkaTool(mainClass: string, options: readonly string[], input = ''): Promise<string> {
  const java = javaArguments({ heapMb: 512, quickStart: false });
  const child = spawn('java', [...java, mainClass, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk).slice(-5000);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${mainClass} ended with ${code}: ${errors || output}`);
  return output;
}
