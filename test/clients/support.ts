/** What the clients ask: a server with the data of the conformance cases, which a real Druid has as well. */
import { execFile } from 'node:child_process';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { dataSets } from '../conformance/data-sets.ts';
import { startServer, type TestServer } from '../server/support.ts';

/** Those that the clients ask for. */
const names: readonly string[] = ['wikipedia', 'odd'];

export async function serverWithData(t: TestContext): Promise<TestServer> {
  const server = await startServer(t);
  for (const { dataSchema, lines } of dataSets.filter((set) => names.includes(set.dataSchema.dataSource))) {
    await server.backend.define(readDataSource(dataSchema));
    const text = `${lines.trimEnd()}\n`;
    const events = text.split('\n').filter((line) => line.trim() !== '').length;
    await server.backend.push({ dataSource: dataSchema.dataSource, format: 'json', lines: Buffer.from(text), events });
  }
  return server;
}

const execute = promisify(execFile);
const maxOutputBytes = 16 * 1024 * 1024;

/** What a program writes to stdout. Rejects with what it wrote to stderr when it fails. */
export async function outputOf(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  return (await execute(program, args, { maxBuffer: maxOutputBytes, env: { ...process.env, ...environment } })).stdout;
}

/** A program's output by its sections: `# name` and the lines up to the next one. */
export function sections(text: string): Map<string, string[]> {
  const parts = text.trimEnd().split(/^# /m).slice(1);
  return new Map(
    parts.map((part) => {
      const [name, ...lines] = part.trimEnd().split('\n');
      return [name as string, lines];
    }),
  );
}

/** Values whose fields may come in any order. */
export const jsonLines = (lines: readonly string[] = []): unknown[] => lines.map((line) => JSON.parse(line));
