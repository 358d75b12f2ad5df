/** Printing in Joda patterns. The expected texts were worked out by hand from the pattern letters' descriptions. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { tokenizeJoda } from '../../src/catalog/joda.ts';
import { printJoda } from '../../src/catalog/joda-print.ts';
import { timestampLiteral } from '../../src/catalog/time.ts';
import { sql } from '../../src/sql.ts';
import { temporaryEngine } from '../support/engine.ts';

describe('Joda patterns', () => {
  let engine: Awaited<ReturnType<typeof temporaryEngine>>;
  before(async () => {
    engine = await temporaryEngine();
  });
  after(() => engine[Symbol.asyncDispose]());

  const print = async (iso: string, pattern: string, timeZone = 'UTC', locale = 'en') => {
    const time = timestampLiteral(Date.parse(iso));
    const [row] = await engine.connection.rows(
      sql`SELECT ${printJoda({ tokens: tokenizeJoda(pattern) ?? [], timeZone, locale }, time)}`,
    );
    return row?.[0];
  };

  // 6 March 2018 was a Tuesday, the 65th day of the year, in week 10.
  const at = '2018-03-06T00:07:08.009Z';
  const cases: readonly [string, string][] = [
    ['y yy yyy yyyy yyyyy', '2018 18 2018 2018 02018'],
    ['M MM MMM MMMM', '3 03 Mar March'],
    ['d dd ddd D DDD', '6 06 006 65 065'],
    ['E EEEE e', 'Tue Tuesday 2'],
    ['H HH k K KK h hh a', '0 00 24 0 00 12 12 AM'],
    ['m mm s ss', '7 07 8 08'],
    ['S SS SSS SSSSS', '0 00 009 00900'],
    ['x w ww', '2018 10 10'],
    ['G C Z ZZ ZZZ z', 'AD 20 +0000 +00:00 UTC UTC'],
    ["'%d' 100%", '%d 100%'],
    ['', ''],
  ];
  for (const [pattern, expected] of cases) {
    it(`'${pattern}' prints '${expected}'`, async () => assert.equal(await print(at, pattern), expected));
  }

  it('the last days of a year may belong to the next week year', async () => {
    assert.equal(await print('2018-12-31T12:00:00Z', "xxxx-'W'ww-e"), '2019-W01-1');
  });

  it('zones shift the clock and give the offset', async () => {
    assert.equal(
      await print(at, 'yyyy-MM-dd HH:mm Z ZZ ZZZ', 'America/New_York'),
      '2018-03-05 19:07 -0500 -05:00 America/New_York',
    );
    assert.equal(await print(at, 'HH:mm ZZ', '+05:30'), '05:37 +05:30');
  });

  it('names come in the locale', async () => {
    assert.equal(await print(at, 'EEEE d MMMM', 'UTC', 'de'), 'Dienstag 6 März');
  });
});
