/** What `millrace check` prints: one line for each finding, as compilers do, so that editors can jump to it. */
import { extname } from 'node:path';
import { queryTypes } from '../query/native.ts';
import { firehoseSchema } from '../sources/firehoses/index.ts';
import { checkText, type Finding } from '../spec/check.ts';
import { checkProperties } from '../spec/check-properties.ts';
import { readInput } from './input.ts';

/** Kinds of files that are known and of which nothing can be said: they must not pass for sound, nor for broken JSON. */
const unchecked: Readonly<Record<string, string>> = {
  '.properties': 'properties of Kafka clients',
  '.conf': 'JAAS and agent files',
  '.sql': 'tables',
};

/** True when nothing is wrong in any of the files, and all could be checked. */
export function checkFiles(files: readonly string[]): boolean {
  const findings = files.map((file) => {
    const found = checkFile(file);
    if (found === undefined) {
      const kind = unchecked[extname(file)];
      console.log(
        `${file}: not checked: ${kind} cannot be checked, only specs, Tranquility's files, queries and Druid's properties`,
      );
      return undefined;
    }
    for (const finding of found) console.log(lineOf(file, finding));
    if (found.length === 0) console.log(`${file}: nothing is wrong`);
    return found;
  });
  return findings.every((found) => found?.length === 0);
}

/** Undefined for what cannot be checked. */
function checkFile(file: string): readonly Finding[] | undefined {
  if (extname(file) === '.properties') return checkProperties(readInput(file), file);
  if (unchecked[extname(file)] !== undefined) return undefined;
  return checkText(readInput(file), { file, queryTypes, firehose: firehoseSchema });
}

function lineOf(file: string, { severity, place, message }: Finding): string {
  const at = [file, place.line, place.column].filter((part) => part !== undefined).join(':');
  const path = place.path === undefined ? '' : `${place.path}: `;
  return `${at}: ${severity}: ${path}${message}`;
}
