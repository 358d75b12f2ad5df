/** plywood, by which Turnilo asks, unmodified. The expected lines are what a real Druid 33 answered the same program with the same data. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { modulesOf } from '../services/npm.ts';
import { jsonLines, outputOf, sections, serverWithData } from './support.ts';

const file = (name: string) => fileURLToPath(new URL(`plywood/${name}`, import.meta.url));
const expected = sections(readFileSync(file('answers.txt'), 'utf8'));

test('plywood is answered as by Druid', async (t) => {
  const { url } = await serverWithData(t);
  const environment = { NODE_PATH: modulesOf('plywood', file('package.json')) };
  const output = await outputOf(process.execPath, [file('ask.cjs'), url, ...expected.keys()], environment);
  const answered = sections(output);
  for (const [scenario, lines] of expected) {
    await t.test(scenario, () => assert.deepEqual(jsonLines(answered.get(scenario)), jsonLines(lines)));
  }
});
