/** What is cloned of a real Druid answers as that Druid does. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { cloneDataSource } from '../../src/clone/index.ts';
import { type Druid, openDruid } from '../../src/druid/index.ts';
import { createLogger } from '../../src/observe/log.ts';
import { loadJson } from '../../src/spec/load.ts';
import { readLookupTiers } from '../../src/spec/lookups/index.ts';
import { topics } from '../conformance/cases/index.ts';
import { differences } from '../conformance/compare.ts';
import { dataSets, inlineTask } from '../conformance/data-sets.ts';
import type { Answer, Asked } from '../conformance/define.ts';
import { readGolden } from '../conformance/golden.ts';
import { lookups } from '../conformance/lookups.ts';
import { askedOf } from '../conformance/millrace.ts';
import { type SharedDruid, sharedDruid } from '../services/on-demand.ts';
import { type TestBackend, temporaryBackend } from '../support/backend.ts';

/** What it is called on the Druid that all tests share. */
const there = (name: string) => `clone-${name}`;

/** HyperLogLogs. */
const without: Readonly<Record<string, readonly string[]>> = {
  edits: ['users'],
  sketches: ['hllUsers', 'hllPages'],
  numeric: ['quality_uniques'],
};

let shared: SharedDruid;
let druid: Druid;
let millrace: TestBackend;
let asked: Asked;

before(async () => {
  shared = await sharedDruid();
  druid = openDruid({ at: shared.router }, createLogger('silent'));
  millrace = await temporaryBackend();
  asked = askedOf(millrace);
  for (const { dataSchema, lines } of dataSets)
    await shared.client.ingest(
      inlineTask({ dataSchema: { ...dataSchema, dataSource: there(dataSchema.dataSource) }, lines }),
    );
  for (const { dataSchema } of dataSets) {
    const { dataSource: name } = dataSchema;
    await cloneDataSource({
      druid,
      backend: millrace.backend,
      dataSource: there(name),
      as: name,
      without: without[name],
    });
  }
  await millrace.backend.lookups.submit(readLookupTiers(loadJson(JSON.stringify(lookups))));
});

after(async () => {
  await millrace?.[Symbol.asyncDispose]();
  await druid?.close();
  await shared?.release();
});

/** Whether it asks for what was left out: by its name, or for the list of all columns. */
const asksForTheRest = (query: object): boolean =>
  /\busers\b|hllUsers|hllPages|quality_uniques|"queryType":"segmentMetadata","dataSource":"(?:edits|sketches|numeric)"|INFORMATION_SCHEMA\.COLUMNS/.test(
    JSON.stringify(query),
  );

for (const [topic, cases] of Object.entries(topics)) {
  suite(topic, () => {
    const golden = readGolden(topic);
    for (const [name, { differs, ...one }] of Object.entries(cases)) {
      if (differs !== undefined || asksForTheRest(one.query)) continue;
      test(name, async () => {
        assert.deepEqual(differences(one, golden[name] as Answer, await asked.ask(one.query)), []);
      });
    }
  });
}
