/** Every case, asked of the cluster backend over HTTP: what comes through is what Druid once answered itself, its errors with their status. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startClusterServer } from '../server/proxy/support.ts';
import { type SharedDruid, sharedDruid } from '../services/on-demand.ts';
import { topics } from './cases/index.ts';
import { differences } from './compare.ts';
import { batchTask, dataSets } from './data-sets.ts';
import type { Answer, Asked } from './define.ts';
import { druidAt } from './druid.ts';
import { readGolden } from './golden.ts';
import { lookups } from './lookups.ts';

/** They tell of all that a Druid has, which is more here: what it says itself at that moment is expected. */
const ofTheWhole = new Set(['sql-metadata/as Superset asks for tables', 'sql-metadata/counts of supervisors']);
/** What a Java machine has for the message of an exception, once it has thrown it often; else it is whole. */
const messageLeftOut = 'null';

let druid: SharedDruid;
let asked: Asked;
const ends: (() => Promise<void>)[] = [];

before(async () => {
  druid = await sharedDruid();
  await load(druid);
  const { url } = await startClusterServer(
    { after: (end) => ends.push(end as () => Promise<void>) },
    // Not the router, which refuses itself what it cannot read, with a status of its own.
    `${druid.broker},${druid.coordinator}`,
    druid.kafka,
  );
  asked = druidAt(url);
});
after(async () => {
  for (const end of ends) await end();
  await druid.release();
});

for (const [topic, cases] of Object.entries(topics))
  suite(topic, () => {
    const golden = readGolden(topic);
    for (const [name, one] of Object.entries(cases))
      test(name, async () => {
        const isOfTheWhole = ofTheWhole.has(`${topic}/${name}`);
        const expected = isOfTheWhole ? await druidAt(druid.broker).ask(one.query) : (golden[name] as Answer);
        const answer = await asked.ask(one.query);
        assert.equal(answer.status, expected.status);
        if (expected.body !== messageLeftOut) assert.deepEqual(differences(one, expected, answer), []);
      });
  });

/** What is not there from an earlier run; one after the other, as each takes a process of Druid's. */
async function load({ client, coordinator }: SharedDruid): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-conformance-'));
  const there = await client.dataSources();
  for (const dataSet of dataSets) {
    const { dataSource } = dataSet.dataSchema;
    if (there.includes(dataSource)) continue;
    writeFileSync(join(folder, `${dataSource}.ndjson`), dataSet.lines);
    await client.ingest(batchTask(dataSet, folder));
  }
  rmSync(folder, { recursive: true });
  const [id] = Object.keys(lookups.__default);
  const registered = await fetch(`${coordinator}/druid/coordinator/v1/lookups/config/__default/${id}`);
  // Another registration of the same version is refused.
  if (!registered.ok) await client.register(lookups);
}
