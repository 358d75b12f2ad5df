/** Functions by expression; what comes out is by Druid's documentation or by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentedFunctions } from '../../../src/query/sql/functions/documented.ts';
import { sqlFunctionGaps } from '../../../src/query/sql/functions/gaps.ts';
import { sqlHarness } from './support.ts';

const { rows } = sqlHarness();
const moment = "TIMESTAMP '2018-03-06 09:57:58'";

const expressions: Readonly<Record<string, unknown>> = {
  [`FLOOR(${moment} TO DAY)`]: '2018-03-06T00:00:00.000Z',
  [`FLOOR(${moment} TO QUARTER)`]: '2018-01-01T00:00:00.000Z',
  [`CEIL(${moment} TO MONTH)`]: '2018-04-01T00:00:00.000Z',
  [`TIME_FLOOR(${moment}, 'PT15M')`]: '2018-03-06T09:45:00.000Z',
  [`TIME_FLOOR(${moment}, 'P1D', NULL, 'Europe/Berlin')`]: '2018-03-05T23:00:00.000Z',
  [`TIME_FLOOR(${moment}, 'P1W')`]: '2018-03-05T00:00:00.000Z',
  [`TIME_CEIL(${moment}, 'PT1H')`]: '2018-03-06T10:00:00.000Z',
  [`DATE_TRUNC('hour', ${moment})`]: '2018-03-06T09:00:00.000Z',
  [`TIME_SHIFT(${moment}, 'P1M', -1)`]: '2018-02-06T09:57:58.000Z',
  [`TIME_EXTRACT(${moment}, 'HOUR', 'Europe/Berlin')`]: 10,
  [`EXTRACT(DOW FROM ${moment})`]: 2,
  [`EXTRACT(YEAR FROM ${moment})`]: 2018,
  [`TIME_FORMAT(${moment}, 'dd.MM.yyyy HH:mm', 'Europe/Berlin')`]: '06.03.2018 10:57',
  [`TIME_FORMAT(${moment})`]: '2018-03-06T09:57:58.000+00:00',
  "TIME_PARSE('06.03.2018', 'dd.MM.yyyy')": '2018-03-06T00:00:00.000Z',
  "TIME_PARSE('no time')": null,
  [`TIME_IN_INTERVAL(${moment}, '2018-03-06/P1D')`]: true,
  [`TIME_IN_INTERVAL(${moment}, '2018-03-07/P1D')`]: false,
  'MILLIS_TO_TIMESTAMP(1520330278000)': '2018-03-06T09:57:58.000Z',
  [`TIMESTAMP_TO_MILLIS(${moment})`]: 1520330278000,
  [`TIMESTAMPADD(MONTH, 1, ${moment})`]: '2018-04-06T09:57:58.000Z',
  "TIMESTAMPDIFF(DAY, TIMESTAMP '2018-03-01 12:00:00', TIMESTAMP '2018-03-04 11:59:59')": 2,
  [`${moment} + INTERVAL '1' DAY`]: '2018-03-07T09:57:58.000Z',
  [`${moment} - INTERVAL '90' MINUTE`]: '2018-03-06T08:27:58.000Z',
  "DATE '2018-03-06'": '2018-03-06T00:00:00.000Z',
  "CAST(TIMESTAMP '2018-03-06 09:57:58' AS VARCHAR)": '2018-03-06 09:57:58',
  "CAST('2018-03-06' AS TIMESTAMP)": '2018-03-06T00:00:00.000Z',
  'CURRENT_TIMESTAMP > CURRENT_DATE': true,
  "UPPER('ab') || LOWER('CD')": 'ABcd',
  "CHAR_LENGTH('häh')": 3,
  "SUBSTRING('foobar', 2, 3)": 'oob',
  "SUBSTRING('foobar' FROM 4)": 'bar',
  "SUBSTRING('', 1)": null,
  "POSITION('o' IN 'foo')": 2,
  "STRPOS('foo', 'x')": 0,
  "TRIM(BOTH 'x' FROM 'xax')": 'a',
  "TRIM(LEADING 'x' FROM 'xax')": 'ax',
  "LTRIM('  a ')": 'a ',
  "LPAD('7', 3, '0')": '007',
  "RPAD('7', 3)": '7  ',
  "REPLACE('a.b', '.', '/')": 'a/b',
  "REGEXP_EXTRACT('foobar', 'o(b)', 1)": 'b',
  "REGEXP_LIKE('foobar', '^fo+b')": true,
  "REGEXP_REPLACE('2018-03', '(\\d+)-(\\d+)', '$2/$1')": '03/2018',
  "CONTAINS_STRING('foobar', 'OBA')": false,
  "ICONTAINS_STRING('foobar', 'OBA')": true,
  "CONCAT('a', NULL)": null,
  "PARSE_LONG('ff', 16)": 255,
  "LEFT('foobar', 3) || RIGHT('foobar', 1)": 'foor',
  "COALESCE(NULL, 'x')": 'x',
  "NULLIF('a', 'a')": null,
  'NVL(NULL, 3)': 3,
  "CASE WHEN 1 > 2 THEN 'a' WHEN 2 > 1 THEN 'b' ELSE 'c' END": 'b',
  "CASE 'x' WHEN 'y' THEN 1 ELSE 2.5 END": 2.5,
  "CAST('12' AS BIGINT) + 1": 13,
  "CAST('abc' AS BIGINT)": null,
  'CAST(2.9 AS BIGINT)': 2,
  'ABS(-2)': 2,
  'FLOOR(-1.5)': -2,
  'CEIL(1.2)': 2,
  'ROUND(2.5)': 3,
  'ROUND(-2.345, 2)': -2.35,
  'TRUNCATE(-2.39, 1)': -2.3,
  'MOD(-7, 4)': -3,
  'POWER(2, 10)': 1024,
  'SQRT(9)': 3,
  'PI() BETWEEN 3.14159 AND 3.1416': true,
  'LN(1)': 0,
  'GREATEST(1, 3, 2)': 3,
  'DIV(7, 2)': 3,
  'SAFE_DIVIDE(1, 0)': null,
  'BITWISE_AND(12, 10)': 8,
  'BITWISE_OR(12, 10)': 14,
  'BITWISE_XOR(12, 10)': 6,
  'BITWISE_SHIFT_LEFT(3, 2)': 12,
  'BITWISE_SHIFT_RIGHT(12, 2)': 3,
  'BITWISE_COMPLEMENT(5)': -6,
  // The bits of 1.0 are 0x3FF0000000000000.
  'BITWISE_CONVERT_DOUBLE_TO_LONG_BITS(1.0) = 4607182418800017408': true,
  'BITWISE_CONVERT_LONG_BITS_TO_DOUBLE(4607182418800017408)': 1,
  'HUMAN_READABLE_BINARY_BYTE_FORMAT(1048576)': '1.00 MiB',
  'HUMAN_READABLE_DECIMAL_BYTE_FORMAT(1000000, 3)': '1.000 MB',
  'HUMAN_READABLE_DECIMAL_FORMAT(1000000)': '1.00 M',
  "DECODE_BASE64_UTF8('aGVsbG8=')": 'hello',
  "IPV4_MATCH('192.168.7.9', '192.168.0.0/16')": true,
  "IPV4_PARSE('192.168.0.1')": 3232235521,
  'IPV4_STRINGIFY(3232235521)': '192.168.0.1',
  '- (1 + 2) * 3': -9,
  "'a' IS DISTINCT FROM NULL": true,
  'NULL = NULL': null,
};

for (const [expression, expected] of Object.entries(expressions)) {
  test(expression, async () => {
    assert.deepEqual(await rows(`SELECT ${expression}`), [[expected]]);
  });
}

/** Over the four views: ms 32, 11, 45, 7 in the order of their times; users alice, bob, '' and null. */
const aggregates: Readonly<Record<string, unknown>> = {
  'COUNT(*)': 4,
  'COUNT("user")': 3,
  'COUNT(DISTINCT "user")': 2,
  'APPROX_COUNT_DISTINCT(url)': 3,
  'SUM(ms)': 95,
  'SUM(score)': 7.25,
  'MIN(ms)': 7,
  'MAX(__time)': '2018-05-24T10:05:00.000Z',
  'AVG(ms)': 23.75,
  "SUM(ms) FILTER (WHERE url = '/foo')": 77,
  "COUNT(*) FILTER (WHERE tags = 'b')": 2,
  'EARLIEST(url)': '/foo',
  'LATEST(url)': '/about',
  'LATEST(url) FILTER (WHERE ms > 10)': '/foo',
  'EARLIEST_BY(ms, __time)': 32,
  // ((32-23.75)² + (11-23.75)² + (45-23.75)² + (7-23.75)²) / 4
  'VAR_POP(ms)': 240.6875,
  // The same sum of squares, 962.75, over 3.
  'ROUND(VAR_SAMP(ms), 6)': 320.916667,
  'VARIANCE(ms) = VAR_SAMP(ms)': true,
  'ROUND(STDDEV_POP(ms), 6)': 15.514106,
  'ROUND(STDDEV_SAMP(ms), 6)': 17.914147,
  'STDDEV(ms) = STDDEV_SAMP(ms)': true,
};

for (const [aggregate, expected] of Object.entries(aggregates)) {
  test(`over the views: ${aggregate}`, async () => {
    assert.deepEqual(await rows(`SELECT ${aggregate} FROM views`), [[expected]]);
  });
}

test('exact COUNT(DISTINCT) counts the empty text', async () => {
  const context = { useApproximateCountDistinct: false };
  assert.deepEqual(await rows('SELECT COUNT(DISTINCT "user") FROM views', { context }), [[3]]);
});

test('over no rows', async () => {
  assert.deepEqual(await rows('SELECT COUNT(*), SUM(ms), MAX(url), AVG(ms) FROM views WHERE FALSE'), [
    [0, null, null, null],
  ]);
});

test('no function is both there and lacking, and none is named twice', () => {
  const there = documentedFunctions().map(({ name }) => name);
  assert.deepEqual(
    there.filter((name) => sqlFunctionGaps.has(name)),
    [],
  );
  assert.equal(new Set(there).size, there.length);
});
