/** Whatever a user sends as a name or a value comes back from the engine as it was: it cannot be anything but a name or a value. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { and, ident, join, literal, or, sql } from '../src/sql.ts';
import { temporaryEngine } from './support/engine.ts';

describe('SQL fragments', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      "'; DROP TABLE t; --",
      "\\'",
      '\0',
      "a\0'b",
      '"',
      '""; SELECT 1',
      '$1',
      '{x}',
      "'' OR 1=1",
      '/*',
      '\u2028',
      '💥',
      'é',
    ),
  );

  it('a text literal is read back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        assert.deepEqual(await engine.connection.rows(sql`SELECT ${text}, length(${text} || 'x') > 0`), [
          [text.toWellFormed(), true],
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it('a column of any name holds its value', async () => {
    await fc.assert(
      fc.asyncProperty(
        hostile.filter((name) => name.length > 0),
        hostile,
        async (name, value) => {
          const rows = await engine.connection.rows(
            sql`SELECT t.${ident(name)} FROM (SELECT ${value} AS ${ident(name)}) t`,
          );
          assert.deepEqual(rows, [[value.toWellFormed()]]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('numbers keep their value', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ noNaN: true }),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        async (double, long) => {
          const [row] = await engine.connection.rows(sql`SELECT CAST(${double} AS DOUBLE), CAST(${long} AS BIGINT)`);
          // The engine has no negative zero to give back for an integer literal.
          assert.deepEqual(row, [double + 0 === 0 ? 0 : double, long]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('other literals', async () => {
    const [row] = await engine.connection.rows(
      sql`SELECT ${null}, ${true}, isnan(${Number.NaN}), ${literal(Number.NEGATIVE_INFINITY)}, 5 - ${-3}`,
    );
    assert.deepEqual(row, [null, true, true, Number.NEGATIVE_INFINITY, 8]);
  });

  it('conditions join with their own brackets', () => {
    const [a, b] = [sql`a`, sql`b`];
    assert.equal(and([a, or([a, b])]).text, '(a AND (a OR b))');
    assert.equal(and([]).text, 'true');
    assert.equal(or([]).text, 'false');
    assert.equal(join([a, b], ' + ').text, 'a + b');
  });
});
