import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Sql } from '../../src/sql.ts';
import { temporaryEngine } from '../support/engine.ts';

let engine: Awaited<ReturnType<typeof temporaryEngine>>;
before(async () => {
  engine = await temporaryEngine();
});
after(() => engine[Symbol.asyncDispose]());

/** The values of a statement's columns. */
async function columnsOf(statement: string): Promise<unknown[][]> {
  const all: unknown[][] = [];
  const connection = await engine.connectToRead();
  for await (const { columns } of connection.stream(new Sql(statement)))
    for (const [i, values] of columns.entries()) all[i] = [...(all[i] ?? []), ...values];
  await connection.close();
  return all;
}

it('whole numbers are numbers as far as these are exact, and bigints beyond', async () => {
  const longs = [0, -1, 2147483648, -2147483649, 9007199254740991, -9007199254740991];
  const beyond = [9007199254740993n, -9007199254740993n, 9223372036854775807n, -9223372036854775808n];
  const [values] = await columnsOf(`SELECT unnest([${[...longs, ...beyond].join()}, NULL]::BIGINT[])`);
  assert.deepEqual(values, [...longs, ...beyond, null]);
});

it('doubles and what has no numbers', async () => {
  const [doubles, flags, hugeints] = await columnsOf(`
    SELECT unnest([0.1, -2.5e300, NULL]::DOUBLE[]), unnest([true, NULL, false]), unnest([1, NULL, 3]::HUGEINT[])`);
  assert.deepEqual(doubles, [0.1, -2.5e300, null]);
  assert.deepEqual(flags, [true, null, false]);
  assert.deepEqual(hugeints, [1n, null, 3n]);
});

it('texts of all lengths, some in other scripts, some NULL, over many rows', async () => {
  const text = (i: number): string | null => {
    if (i % 7 === 3) return null;
    const piece = i % 1500 < 1000 ? 'abcdefghij' : ['ä', '€', '😀', '\ufeff'][i % 4];
    return `${i}${(piece as string).repeat(i % 29)}`;
  };
  const rows = 10_000;
  const pieces = "CASE WHEN i % 1500 < 1000 THEN 'abcdefghij' ELSE ['ä', '€', '😀', chr(65279)][i % 4 + 1] END";
  const made = `SELECT i, CASE WHEN i % 7 <> 3 THEN i || repeat(${pieces}, i % 29) END AS v FROM range(${rows}) r(i)`;
  const expected = Array.from({ length: rows }, (_, i) => text(i));
  assert.deepEqual((await columnsOf(`SELECT v FROM (${made}) ORDER BY i`))[0], expected);
  // Where the engine keeps them once, and not in the order of the rows.
  await engine.connection.run(`CREATE TABLE kept AS SELECT i, v FROM (${made}) ORDER BY i % 13, i`);
  assert.deepEqual((await columnsOf('SELECT v FROM kept ORDER BY i'))[0], expected);
  const sorted = (values: readonly unknown[] = []) => values.map(String).sort();
  assert.deepEqual(sorted((await columnsOf('SELECT v FROM kept'))[0]), sorted(expected));
});

it('texts around the length that the engine keeps beside its other columns, NUL, and long ones', async () => {
  const lengths = [0, 1, 4, 11, 12, 13, 16, 3_000_000, 12, 13, 5_000];
  const [values, with0] = await columnsOf(
    `SELECT repeat('x', n), 'a' || chr(0) || repeat('b', n % 20) FROM (SELECT unnest([${lengths.join()}]) AS n)`,
  );
  assert.deepEqual(
    values,
    lengths.map((length) => 'x'.repeat(length)),
  );
  assert.deepEqual(
    with0,
    lengths.map((length) => `a\0${'b'.repeat(length % 20)}`),
  );
});
