/** Every documented example of every aggregator, and the law that merged parts equal the whole. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AggregatorExample } from '../../src/catalog/examples.ts';
import { aggregator, entriesOf, type Scope, specOf, type Value } from '../../src/catalog/index.ts';
import { readLines } from '../../src/ingest/reader.ts';
import { ident, join, type Sql, sql } from '../../src/sql.ts';
import { temporaryEngine } from '../support/engine.ts';

/** Events as ingestion reads them: each field as text. */
async function eventRows(folder: string, events: AggregatorExample['events']): Promise<{ rows: Sql; scope: Scope }> {
  const file = path.join(folder, 'events.ndjson');
  const start = Date.UTC(2000, 0, 1);
  const lines = events.map((event, i) =>
    JSON.stringify({ __time: new Date(start + i * 1000).toISOString(), ...event }),
  );
  await writeFile(file, `${lines.join('\n')}\n`);
  const names = [...new Set(['__time', ...events.flatMap((event) => Object.keys(event))])];
  const fields = names.map((name) => ({ name, as: ident(name), want: 'text' as const }));
  const source = readLines({ type: 'json', rootFields: true, flatten: [] }, [file], fields, {
    hasQuotes: true,
    longestEventBytes: 1 << 20,
  });
  return {
    rows: sql`(SELECT *, row_number() OVER () AS n, make_timestamp_ms(epoch_ms("__time"::TIMESTAMPTZ)) AS t FROM ${source})`,
    scope: {
      time: sql`t`,
      column: (name) => ({ sql: names.includes(name) ? ident(name) : sql`NULL::VARCHAR`, type: 'STRING' }),
    },
  };
}

/** What is more than one value as the text of its JSON. */
const shown = ({ sql: value, type }: Value): Sql =>
  type.startsWith('COMPLEX<') ? sql`CAST(to_json(${value}) AS VARCHAR)` : value;
const plain = (value: unknown, expected: unknown): unknown =>
  typeof value === 'string' && typeof expected === 'object' ? JSON.parse(value) : value;

function assertClose(actual: unknown, expected: unknown, tolerance: number): void {
  const value = typeof actual === 'bigint' ? Number(actual) : actual;
  if (typeof expected !== 'number' || tolerance === 0) assert.deepEqual(value, expected);
  else
    assert.ok(
      Math.abs(Number(value) - expected) <= tolerance * expected,
      `${value} is not within ${tolerance} of ${expected}`,
    );
}

describe('aggregators', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  for (const entry of entriesOf('aggregator')) {
    for (const [index, example] of entry.examples.entries()) {
      const checked = () => aggregator(specOf('aggregator').parse(example.spec));

      it(`${entry.type}, example ${index + 1}: the whole`, async () => {
        const { rows, scope } = await eventRows(engine.folder, example.events);
        const value = shown(checked().finish(sql`state`));
        const [row] = await engine.connection.rows(
          sql`SELECT ${value} FROM (SELECT ${checked().fold({ scope })} AS state FROM ${rows})`,
        );
        assertClose(plain(row?.[0], example.result), example.result, example.tolerance ?? 0);
      });

      if (!entry.merge) continue;
      it(`${entry.type}, example ${index + 1}: parts merged in two steps equal the whole`, async () => {
        const { rows, scope } = await eventRows(engine.folder, example.events);
        const { fold, merge, finish, sqlType } = checked();
        const parts = sql`SELECT n % 7 AS part, CAST(${fold({ scope })} AS ${sqlType()}) AS state FROM ${rows} GROUP BY n % 7`;
        const halves = sql`SELECT part % 2 AS half, CAST(${merge(sql`state`)} AS ${sqlType()}) AS state FROM (${parts}) GROUP BY part % 2`;
        const [row] = await engine.connection.rows(
          sql`SELECT ${shown(finish(sql`state`))} FROM (SELECT ${merge(sql`state`)} AS state FROM (${halves}))`,
        );
        assertClose(plain(row?.[0], example.result), example.result, example.tolerance ?? 0);
      });
    }
    it(`${entry.type} has an example`, () => assert.ok(entry.examples.length > 0));
  }

  it('longSum wraps around as a Java long does', async () => {
    const { rows, scope } = await eventRows(engine.folder, [
      { x: '9223372036854775807' },
      { x: 5 },
      { x: '-9223372036854775808' },
      { x: '-7' },
    ]);
    const sum = aggregator(specOf('aggregator').parse({ type: 'longSum', name: 's', fieldName: 'x' }));
    const sums = [sql`n <= 2`, sql`n > 2`].map((where) => sum.fold({ scope, where }));
    // By hand: MAX + 5 = MIN + 4, and MIN − 7 = MAX − 6.
    assert.deepEqual(await engine.connection.rows(sql`SELECT ${join(sums)} FROM ${rows}`), [
      [-9223372036854775804n, 9223372036854775801n],
    ]);
  });

  it('hyperUnique stays within three standard errors of the truth as it grows', async () => {
    const count = aggregator(specOf('aggregator').parse({ type: 'hyperUnique', name: 'u', fieldName: 'x' }));
    for (const distinct of [10_000, 100_000, 400_000]) {
      const scope: Scope = { time: sql`now()`, column: () => ({ sql: sql`x`, type: 'STRING' }) };
      const rows = sql`(SELECT 'value ' || (i % ${distinct}) AS x FROM range(${2 * distinct}) r(i))`;
      const [row] = await engine.connection.rows(
        sql`SELECT ${count.finish(sql`s`).sql} FROM (SELECT ${count.fold({ scope })} AS s FROM ${rows})`,
      );
      assertClose(row?.[0], distinct, 0.07);
    }
  });
});
