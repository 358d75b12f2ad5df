/** Every documented example of every granularity. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { compileGranularity, entriesOf, specOf } from '../../src/catalog/index.ts';
import { sql } from '../../src/sql.ts';
import { temporaryEngine } from '../support/engine.ts';

describe('granularities', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  const at = (instant: string) => sql`make_timestamp_ms(${Date.parse(instant)})`;
  const floorOf = async (spec: unknown, instant: string) => {
    const buckets = compileGranularity(specOf('granularity').parse(spec));
    const [row] = await engine.connection.rows(
      sql`SELECT epoch_ms(${buckets.floor(at(instant))}), epoch_ms(${buckets.next(buckets.floor(at(instant)))})`,
    );
    return { start: new Date(Number(row?.[0])).toISOString(), next: new Date(Number(row?.[1])).toISOString() };
  };

  for (const entry of entriesOf('granularity')) {
    for (const { spec, pairs } of entry.examples) {
      for (const [instant, start] of pairs) {
        it(`${JSON.stringify(spec)}: ${instant} is in the bucket of ${start}`, async () =>
          assert.equal((await floorOf(spec, instant)).start, start));
      }
    }
  }

  it('names are read in any letter case, bare or as an object', async () => {
    assert.equal((await floorOf('HoUr', '2015-09-12T14:47:13Z')).start, '2015-09-12T14:00:00.000Z');
    assert.equal((await floorOf({ type: 'HOUR' }, '2015-09-12T14:47:13Z')).start, '2015-09-12T14:00:00.000Z');
  });

  it('a day in a zone has 23 hours when the clock goes forward', async () => {
    const day = { type: 'period', period: 'P1D', timeZone: 'Europe/Berlin' };
    assert.deepEqual(await floorOf(day, '2015-03-29T12:00:00Z'), {
      start: '2015-03-28T23:00:00.000Z',
      next: '2015-03-29T22:00:00.000Z',
    });
  });

  it('an unknown zone is UTC, as in Druid', async () => {
    assert.equal(
      (await floorOf({ type: 'period', period: 'P1D', timeZone: 'Mars/Olympus' }, '2015-03-29T12:00:00Z')).start,
      '2015-03-29T00:00:00.000Z',
    );
  });

  it('times before 1970 fall into the bucket that began before them', async () => {
    assert.equal(
      (await floorOf({ type: 'duration', duration: 7_200_000 }, '1969-12-31T23:59:59Z')).start,
      '1969-12-31T22:00:00.000Z',
    );
  });

  for (const period of ['P0D', 'P1M1D', '-P1D', 'P', 'PT', 'one day']) {
    it(`refuses the period '${period}'`, () =>
      assert.equal(specOf('granularity').safeParse({ type: 'period', period }).success, false));
  }
});
