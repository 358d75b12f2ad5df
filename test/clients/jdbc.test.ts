/** Avatica's JDBC driver, unmodified. The expected lines are what a real Druid 33 answered the same program with the same data. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { jarsOf } from '../services/maven.ts';
import { outputOf, sections, serverWithData } from './support.ts';

const file = (name: string) => fileURLToPath(new URL(`jdbc/${name}`, import.meta.url));
const expected = sections(readFileSync(file('answers.txt'), 'utf8'));

const endpoints = {
  JSON: (url: string) => `jdbc:avatica:remote:url=${url}/druid/v2/sql/avatica/`,
  Protobuf: (url: string) => `jdbc:avatica:remote:url=${url}/druid/v2/sql/avatica-protobuf/;serialization=protobuf`,
};

for (const [serialization, urlOf] of Object.entries(endpoints)) {
  test(`Druid's JDBC driver is answered as by Druid, in ${serialization}`, async (t) => {
    const { url } = await serverWithData(t);
    const classPath = join(jarsOf('jdbc', file('pom.xml')), '*');
    const output = await outputOf('java', ['-cp', classPath, file('Ask.java'), urlOf(url), ...expected.keys()]);
    const answered = sections(output);
    for (const [scenario, lines] of expected) {
      await t.test(scenario, () => assert.deepEqual(answered.get(scenario), lines));
    }
  });
}
