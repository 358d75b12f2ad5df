/** Expected values are those of Druid's own TimestampParserTest, of Joda-Time's documentation, and arithmetic. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { commonTimestampSql, timestampSql } from '../../src/ingest/timestamp.ts';
import { sql } from '../../src/sql.ts';

const instance = await DuckDBInstance.create(':memory:');
const connection: DuckDBConnection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
after(() => connection.closeSync());

async function read(
  format: string,
  texts: readonly (string | null)[],
  missingValue?: number,
): Promise<(string | null)[]> {
  const spec = { column: 't', format, ...(missingValue === undefined ? {} : { missingValue }) };
  const rows = texts.map((text, n) => sql`SELECT ${n} AS n, ${text}::VARCHAR AS t`);
  const source = rows.reduce((all, row) => sql`${all} UNION ALL ${row}`);
  const time = timestampSql(spec, sql`t`);
  const reader = await connection.runAndReadAll(sql`SELECT epoch_ms(${time}) FROM (${source}) ORDER BY n`.text);
  return reader.getRows().map(([ms]) => (ms === null ? null : new Date(Number(ms)).toISOString()));
}

const cases: Record<string, readonly (readonly [string, string | null])[]> = {
  auto: [
    ['1234567890000', '2009-02-13T23:31:30.000Z'],
    ['-1000', '1969-12-31T23:59:59.000Z'],
    ['2009-02-13T23:31:30Z', '2009-02-13T23:31:30.000Z'],
    ['2009-02-13T23:31:30-08:00', '2009-02-14T07:31:30.000Z'],
    ['2009-02-13T23:31:30-0800', '2009-02-14T07:31:30.000Z'],
    ['2009-02-13 23:31:30Z', '2009-02-13T23:31:30.000Z'],
    ['2009-02-13 23:31:30-08:00', '2009-02-14T07:31:30.000Z'],
    ['2009-02-13', '2009-02-13T00:00:00.000Z'],
    ['"2009-02-13"', '2009-02-13T00:00:00.000Z'],
    ['2009-02-13 23:31:30', '2009-02-13T23:31:30.000Z'],
    ['2009-02-13 23:31:30 UTC', '2009-02-13T23:31:30.000Z'],
    ['2009-02-13 23:31:30 PST', '2009-02-13T23:31:30.000Z'],
    ['"2009-02-13 23:31:30 PST"', '2009-02-13T23:31:30.000Z'],
    ['2018-03-06 09:57:58 Europe/Berlin', '2018-03-06T09:57:58.000Z'],
    ['1520330278123.9', '2018-03-06T09:57:58.123Z'],
    ['asdf', null],
    ['', null],
    ['epoch', null],
    ['infinity', null],
    ['-infinity', null],
    ['today', null],
    ['NaN', null],
    ['1e30', null],
    ['1'.repeat(40), null],
    ['999999-01-01T00:00:00Z', null],
    ['2018-02-30', null],
    ['2018-02-30T00:00:00Z', null],
    ['2018-03-06T25:00:00Z', null],
  ],
  iso: [
    ['2018', '2018-01-01T00:00:00.000Z'],
    ['2018-03', '2018-03-01T00:00:00.000Z'],
    ['2018-03-06T09', '2018-03-06T09:00:00.000Z'],
    ['2018-03-06T09Z', '2018-03-06T09:00:00.000Z'],
    ['2018-03-06T09:57Z', '2018-03-06T09:57:00.000Z'],
    ['2018-03-06T09:57+01', '2018-03-06T08:57:00.000Z'],
    ['2018-03-06T09:57:58,123Z', '2018-03-06T09:57:58.123Z'],
    ['2018-03-06T09:57:58.123987Z', '2018-03-06T09:57:58.123Z'],
    ['2018-03-06T09.5Z', '2018-03-06T09:30:00.000Z'],
    ['2018-W10-2', '2018-03-06T00:00:00.000Z'],
    ['2018-W10', '2018-03-05T00:00:00.000Z'],
    ['2018-W10-2T09:57:58-08:00', '2018-03-06T17:57:58.000Z'],
    ['2018-065', '2018-03-06T00:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['1520330278000', '2018-03-06T09:57:58.000Z'],
    ['2018-03-06 09:57:58', null],
    ['2018-13-01', null],
    ['2018-W60-1', null],
    ['2018-03-06T09:61', null],
  ],
  posix: [
    ['1589574040', '2020-05-15T20:20:40.000Z'],
    ['-1', '1969-12-31T23:59:59.000Z'],
    ['9223372036854775807', null],
    ['abc', null],
  ],
  millis: [
    ['1589574040000', '2020-05-15T20:20:40.000Z'],
    ['9223372036854775807', null],
  ],
  micro: [['1589574040000000', '2020-05-15T20:20:40.000Z']],
  nano: [
    ['1427504794977098494', '2015-03-28T01:06:34.977Z'],
    ['999999', '1970-01-01T00:00:00.000Z'],
    ['0000', '1970-01-01T00:00:00.000Z'],
  ],
  ruby: [
    ['1358347307.435447', '2013-01-16T14:41:47.435Z'],
    ['NaN', null],
    ['1e300', null],
  ],
  'EEE MMM dd HH:mm:ss z yyyy': [
    ['Wed Nov 9 04:00:00 PST 1994', '1994-11-09T12:00:00.000Z'],
    [' " Wed Nov 9 04:00:00 PST 1994 "  ', '1994-11-09T12:00:00.000Z'],
    ['Sat Jul 9 04:00:00 PST 1994', '1994-07-09T11:00:00.000Z'],
  ],
  'EEE MMM dd HH:mm:ss zZ yyyy': [
    ['Wed Nov 9 04:00:00 GMT-0800 1994', '1994-11-09T12:00:00.000Z'],
    ['Wed Nov 9 04:00:00 UTC-0600 1994', '1994-11-09T10:00:00.000Z'],
  ],
  "EEE MMM dd HH:mm:ss 'helloz' z yyyy 'hello'": [
    ['Wed Nov 9 04:00:00 helloz PST 1994 hello', '1994-11-09T12:00:00.000Z'],
  ],
  yyyyMMdd: [
    ['20200514', '2020-05-14T00:00:00.000Z'],
    ['2020-05-14', null],
    ['20201314', null],
  ],
  yyyyMM: [['202010', '2020-10-01T00:00:00.000Z']],
  'yyyy-MM-dd HH:mm:ss.SSS': [
    ['2018-03-06 09:57:58.120', '2018-03-06T09:57:58.120Z'],
    ['2018-3-6 9:57:58.12', '2018-03-06T09:57:58.120Z'],
    ['2018-03-06 09:57:58.1234', null],
  ],
  "yyyy-MM-dd'T'HH:mm:ssZZ": [
    ['2018-03-06T09:57:58+05:30', '2018-03-06T04:27:58.000Z'],
    ['2018-03-06T09:57:58Z', '2018-03-06T09:57:58.000Z'],
  ],
  'dd/MMM/yyyy:HH:mm:ss Z': [['10/Oct/2000:13:55:36 -0700', '2000-10-10T20:55:36.000Z']],
  'M/d/yy h:mm a': [
    ['3/6/18 9:05 PM', '2018-03-06T21:05:00.000Z'],
    ['3/6/18 12:05 am', '2018-03-06T00:05:00.000Z'],
  ],
  "xxxx-'W'ww-e": [['2018-W10-2', '2018-03-06T00:00:00.000Z']],
  'yyyy-DDD': [['2018-065', '2018-03-06T00:00:00.000Z']],
};

for (const [format, pairs] of Object.entries(cases)) {
  test(`format ${format}`, async () => {
    const actual = await read(
      format,
      pairs.map(([text]) => text),
    );
    assert.deepEqual(Object.fromEntries(pairs.map(([text], n) => [text, actual[n]])), Object.fromEntries(pairs));
  });
}

test('a missing timestamp is the missingValue, a wrong one is not', async () => {
  assert.deepEqual(await read('auto', [null, 'x'], 1000), ['1970-01-01T00:00:01.000Z', null]);
});

test('a pattern that means nothing is refused', () => {
  assert.throws(() => timestampSql({ column: 't', format: 'yyyy-QQ' }, sql`t`), { status: 400, message: /'yyyy-QQ'/ });
});

test('the short form says what the whole one says, or nothing', async () => {
  for (const format of ['auto', 'iso']) {
    for (const text of [...(cases[format] ?? []).map(([each]) => each), '1520330278.9']) {
      const spec = { column: 't', format };
      const short = commonTimestampSql(spec, sql`${text}`) ?? sql`NULL`;
      const whole = timestampSql(spec, sql`${text}`);
      const [row] = (await connection.runAndReadAll(sql`SELECT epoch_ms(${short}), epoch_ms(${whole})`.text)).getRows();
      if (row?.[0] !== null) assert.equal(row?.[0], row?.[1], text);
    }
  }
});
