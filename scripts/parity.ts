/**
 * `npm run parity [-- CASE…]`: the cases of test/conformance, asked of a real Druid and of millrace; each difference is printed.
 * A CASE is a topic, or `topic/name`. `--record` writes what Druid answers as golden data. `--druid URL` asks a Druid that runs
 * already and has the data. `--generate COUNT` asks both so many random native queries and so many of SQL instead, always the same
 * for the same `--seed`; a difference is made as small as it gets. Exits 1 when something differs that should not.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { topics } from '../test/conformance/cases/index.ts';
import { differences } from '../test/conformance/compare.ts';
import { batchTask, dataSets } from '../test/conformance/data-sets.ts';
import type { Answer, Asked } from '../test/conformance/define.ts';
import { druidAt } from '../test/conformance/druid.ts';
import { readGolden, writeGolden } from '../test/conformance/golden.ts';
import { lookups } from '../test/conformance/lookups.ts';
import { openMillrace } from '../test/conformance/millrace.ts';
import { nativeCase } from '../test/conformance/random/native.ts';
import { type Found, generate } from '../test/conformance/random/run.ts';
import { sqlCase } from '../test/conformance/random/sql.ts';
import { DruidCluster } from '../test/services/druid/cluster.ts';

const { values, positionals } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    druid: { type: 'string' },
    generate: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
  allowPositionals: true,
});
await using druid = values.druid === undefined ? await startDruid() : running(values.druid);
await using millrace = await openMillrace();

process.exitCode = (await (values.generate === undefined ? askCases() : askRandom(Number(values.generate)))) ? 0 : 1;

/** Whether none differs that should not. */
async function askCases(): Promise<boolean> {
  const counts = { same: 0, known: 0, different: 0 };
  for (const [topic, cases] of Object.entries(topics)) {
    const golden = readGolden(topic);
    for (const [name, one] of Object.entries(cases)) {
      if (!isChosen(topic, name)) continue;
      const expected = await druid.ask(one.query);
      golden[name] = expected;
      const found = differences(one, expected, await millrace.ask(one.query));
      counts[found.length === 0 ? 'same' : one.differs === undefined ? 'different' : 'known']++;
      if (found.length > 0) console.log([`${topic}/${name}: ${one.differs ?? ''}`, ...found].join('\n  '));
      else if (one.differs !== undefined) console.log(`${topic}/${name}: no longer differs`);
    }
    if (values.record)
      writeGolden(topic, Object.fromEntries(Object.keys(cases).map((name) => [name, golden[name] as Answer])));
  }
  console.log(`${counts.same} the same, ${counts.known} known to differ, ${counts.different} different`);
  return counts.different === 0;
}

async function askRandom(count: number): Promise<boolean> {
  let isSame = true;
  for (const [kind, cases] of Object.entries({ native: nativeCase, SQL: sqlCase })) {
    const print = (found: Found) => console.log([JSON.stringify(found.case.query), ...found.differences].join('\n  '));
    const outcome = await generate(cases, { count, seed: Number(values.seed), druid, millrace, onFound: print });
    for (const [lack, times] of outcome.lacks) console.log(`refused ${times} times: ${lack}`);
    const { asked, refused, found } = outcome;
    console.log(`${kind}: ${asked} asked, ${refused} of them refused by Druid, ${found.length} differences`);
    isSame &&= found.length === 0;
  }
  return isSame;
}

function isChosen(topic: string, name: string): boolean {
  return positionals.length === 0 || positionals.some((chosen) => chosen === topic || chosen === `${topic}/${name}`);
}

async function startDruid(): Promise<Asked & AsyncDisposable> {
  console.log('Starting Druid; the first time its jars are fetched …');
  const cluster = await DruidCluster.start();
  const folder = mkdtempSync(join(tmpdir(), 'millrace-parity-'));
  for (const dataSet of dataSets) {
    writeFileSync(join(folder, `${dataSet.dataSchema.dataSource}.ndjson`), dataSet.lines);
    await cluster.client.ingest(batchTask(dataSet, folder));
  }
  rmSync(folder, { recursive: true });
  await cluster.client.register(lookups);
  return { ...druidAt(cluster.broker), [Symbol.asyncDispose]: () => cluster.stop() };
}

function running(url: string): Asked & AsyncDisposable {
  return { ...druidAt(url), [Symbol.asyncDispose]: async () => {} };
}
