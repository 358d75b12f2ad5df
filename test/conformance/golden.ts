/** What a real Druid answered, a file for each file of cases. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Answer } from './define.ts';

type Golden = Record<string, Answer>;

const fileOf = (topic: string) => new URL(`golden/${topic}.json`, import.meta.url);

export function readGolden(topic: string): Golden {
  return existsSync(fileOf(topic)) ? JSON.parse(readFileSync(fileOf(topic), 'utf8')) : {};
}

/** One answer a line, in the order of the cases. */
export function writeGolden(topic: string, golden: Golden): void {
  const lines = Object.entries(golden).map(([name, answer]) => `${JSON.stringify(name)}: ${JSON.stringify(answer)}`);
  writeFileSync(fileOf(topic), `{\n${lines.join(',\n')}\n}\n`);
}
