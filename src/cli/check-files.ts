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
export async function checkFiles(files: readonly string[]): Promise<boolean> {
  let isSound = true;
  for (const file of files) {
    const found = await checkFile(file);
    isSound &&= found?.length === 0;
    if (found === undefined) {
      const kind = unchecked[extname(file)];
      console.log(
        `${file}: not checked: ${kind} cannot be checked, only specs, Tranquility's files, queries, Druid's properties and MirrorMaker 2's`,
      );
      continue;
    }
    for (const finding of found) console.log(lineOf(file, finding));
    if (found.length === 0) console.log(`${file}: nothing is wrong`);
  }
  return isSound;
}

/** Undefined for what cannot be checked. */
async function checkFile(file: string): Promise<readonly Finding[] | undefined> {
  if (extname(file) === '.properties') return checkAnyProperties(readInput(file), file);
  if (unchecked[extname(file)] !== undefined) return undefined;
  return checkText(readInput(file), { file, queryTypes, firehose: firehoseSchema });
}

async function checkAnyProperties(text: string, file: string): Promise<readonly Finding[] | undefined> {
  const found = checkProperties(text, file);
  if (found !== undefined) return found;
  // A client of Kafka takes longer to load than all the rest.
  const { checkMirror } = await import('./check-mirror.ts');
  return checkMirror(text, file);
}

function lineOf(file: string, { severity, place, message }: Finding): string {
  const at = [file, place.line, place.column].filter((part) => part !== undefined).join(':');
  const path = place.path === undefined ? '' : `${place.path}: `;
  return `${at}: ${severity}: ${path}${message}`;
}
