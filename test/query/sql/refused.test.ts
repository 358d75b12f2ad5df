/** What SQL must not reach, and how mistakes are told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '../../../src/errors.ts';
import { sqlHarness } from './support.ts';

const { rows } = sqlHarness();

async function refusal(query: string): Promise<MillraceError> {
  try {
    await rows(query);
  } catch (error) {
    assert.ok(error instanceof MillraceError);
    return error;
  }
  return assert.fail(`answered: ${query}`);
}

/** The engine's files, settings, other tables and dialect, each of which its parser or its binder would take. */
const outOfReach = [
  "SELECT * FROM read_json('/etc/passwd')",
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM read_blob('/etc/passwd')",
  "SELECT * FROM glob('/*')",
  "SELECT * FROM '/etc/passwd'",
  'SELECT * FROM "/etc/passwd"',
  'SELECT * FROM "x.csv"',
  'SELECT * FROM "x.parquet" AS t',
  "SELECT * FROM sniff_csv('/etc/passwd')",
  'SELECT * FROM range(10)',
  'SELECT * FROM generate_series(1, 10)',
  'SELECT * FROM duckdb_settings()',
  'SELECT * FROM duckdb_secrets()',
  'SELECT * FROM pragma_table_info(1)',
  "SELECT * FROM query('SELECT 1')",
  "SELECT * FROM query_table('views')",
  'SELECT * FROM meta.rejects',
  'SELECT * FROM meta.tables',
  'SELECT * FROM live.t1',
  'SELECT * FROM history.t1',
  'SELECT * FROM main.views',
  'SELECT * FROM temp.views',
  'SELECT * FROM system.main.duckdb_tables',
  'SELECT * FROM duckdb_tables',
  'SELECT * FROM sqlite_master',
  'SELECT * FROM pg_catalog.pg_tables',
  'SELECT * FROM information_schema.character_sets',
  'SELECT * FROM (SELECT * FROM meta.rejects) AS x',
  'WITH x AS (SELECT * FROM meta.rejects) SELECT * FROM x',
  'SELECT (SELECT COUNT(*) FROM meta.rejects)',
  'SELECT 1 UNION ALL SELECT COUNT(*) FROM meta.rejects',
  'SELECT ms FROM views WHERE ms IN (SELECT 1 FROM meta.rejects)',
  'SELECT ms FROM views JOIN meta.rejects ON TRUE',
  'SELECT ms FROM views ORDER BY (SELECT COUNT(*) FROM meta.rejects)',
  'SELECT ms FROM views GROUP BY ms HAVING COUNT(*) > (SELECT COUNT(*) FROM meta.rejects)',
  "SELECT getenv('HOME')",
  "SELECT current_setting('temp_directory')",
  "SELECT set_config('threads', '1')",
  "SELECT nextval('x')",
  'SELECT pg_sleep(1)',
  'SELECT version()',
  'SELECT txid_current()',
  "SELECT json_serialize_sql('SELECT 1')",
  "SELECT json_execute_serialized_sql('x')",
  "SELECT write_log('x')",
  "SELECT error('x')",
  "SELECT COLUMNS('.*') FROM views",
  'SELECT * EXCLUDE (ms) FROM views',
  'SELECT * REPLACE (1 AS ms) FROM views',
  'SELECT __rows FROM views',
  'SELECT rowid FROM views',
  'SELECT "tags[]" FROM views',
  'SELECT t0.c0 FROM views',
  'SELECT c0 FROM views',
  'SELECT [1, 2]',
  "SELECT {'a': 1}",
  'SELECT MAP {1: 2}',
  'SELECT list_transform(ms, x -> x) FROM views',
  'SELECT ms::VARCHAR FROM views',
  "SELECT CAST('views' AS regclass)",
  'SELECT TRY_CAST(ms AS VARCHAR) FROM views',
  'SELECT $1',
  'SELECT $name',
  'SELECT $$text$$',
  "SELECT E'\\x41'",
  'FROM views',
  'FROM views SELECT ms',
  'SELECT ms FROM views LIMIT 10%',
  'SELECT ms FROM views USING SAMPLE 1',
  'SELECT ms FROM views QUALIFY ROW_NUMBER() OVER () = 1',
  'SELECT DISTINCT ON (url) ms FROM views',
  'SELECT url, COUNT(*) FROM views GROUP BY ALL',
  'SELECT ms FROM views ORDER BY ALL',
  'SELECT ms FROM views POSITIONAL JOIN people',
  'SELECT 1; SELECT 2',
  'SELECT 1; DROP TABLE live.t1',
  'DROP TABLE live.t1',
  'CREATE TABLE x AS SELECT 1',
  'UPDATE live.t1 SET x = 1',
  'DELETE FROM live.t1',
  "COPY views TO '/tmp/x'",
  "ATTACH '/tmp/x'",
  'INSTALL httpfs',
  'LOAD httpfs',
  'PRAGMA database_list',
  'CALL pragma_version()',
  'SET threads = 1',
  'EXPLAIN PLAN FOR DROP TABLE live.t1',
  'EXPLAIN PLAN FOR SELECT * FROM meta.rejects',
  'SET a = 1; DROP TABLE live.t1',
  'SET a = 1',
  "SELECT * FROM TABLE(read_json('/etc/passwd'))",
  "SELECT * FROM TABLE(APPEND('meta.rejects'))",
  "SELECT * FROM TABLE(APPEND('/etc/passwd'))",
  'SELECT * FROM views EXCEPT SELECT * FROM meta.rejects',
  'SELECT EXISTS (SELECT * FROM meta.rejects)',
  'EXPLAIN SELECT 1',
  'INSERT INTO views SELECT 1',
  'REPLACE INTO views OVERWRITE ALL SELECT 1',
  'DESCRIBE views',
  'SHOW TABLES',
  'SUMMARIZE views',
  'WITH x AS (INSERT INTO views SELECT 1) SELECT 1',
  'PIVOT views ON url USING COUNT(*)',
  '/* SELECT 1 */',
  '',
];

for (const query of outOfReach) {
  test(`refused: ${query}`, async () => {
    const { code } = await refusal(query);
    assert.match(code, /^(?:invalidInput|unsupported)$/);
  });
}

test('text stays text, whatever it holds', async () => {
  const nasty = `'; DROP TABLE x; -- " \\ $1 ?`;
  assert.deepEqual(await rows(`SELECT '${nasty.replaceAll("'", "''")}'`), [[nasty]]);
  assert.deepEqual(await rows('SELECT ?', { parameters: [{ type: 'VARCHAR', value: `\0${nasty}` }] }), [
    [`\0${nasty}`],
  ]);
  assert.deepEqual(await rows(`SELECT 1 AS "a"" FROM x; --" FROM views LIMIT 1`), [[1]]);
});

/** Query → what is said, with Druid's line and column. */
const mistakes: Readonly<Record<string, RegExp>> = {
  'SELECT usr FROM views': /Column 'usr' not found in any table; did you mean 'user'\? \(line \[1\], column \[8\]\)/,
  'SELECT\n  v.nope\nFROM views v': /Column 'nope' not found in table 'v' \(line \[2\], column \[5\]\)/,
  'SELECT URL FROM views': /Column 'URL' not found in any table; did you mean 'url'\?/,
  'SELECT * FROM view': /Object 'view' not found; did you mean 'views'\? \(line \[1\], column \[15\]\)/,
  "SELECT 'ä', UPER(url) FROM views":
    /No match found for function signature UPER\(<VARCHAR>\); did you mean UPPER\? \(line \[1\], column \[13\]\)/,
  'SELECT FLOOR(__time TO HOUR), nope FROM views': /Column 'nope' .*column \[31\]/,
  'SELECT COUNT(*) FROM views WHERE': /unexpected token \[<EOF>\] \(line \[1\], column \[33\]\)/,
  "SELECT '\0'": /NUL character \(line \[1\], column \[9\]\)/,
  'SELEC 1': /unexpected token \[SELEC\] \(line \[1\], column \[1\]\)/,
  "SELECT 1, INTERVAL '1' DAY": /INTERVAL cannot be a result/,
  'SELECT AVG(__time) FROM views': /AVG: expected a number, got a TIMESTAMP/,
  'SELECT ms FROM views WHERE COUNT(*) > 1':
    /Aggregate expression is illegal in WHERE clause \(line \[1\], column \[28\]\)/,
  'SELECT x FROM (SELECT ms AS x, url AS x FROM views)': /Column 'x' is ambiguous/,
  'SELECT 99999999999999999999': /a literal of a type or size/,
  'SELECT UPPER() FROM views': /Invalid number of arguments to function 'UPPER'/,
  'SELECT url, ms FROM views GROUP BY url': /not being grouped/,
  'SELECT p.name FROM people p JOIN people q ON name = q.name': /Column 'name' is ambiguous/,
  'SELECT ms FROM views WHERE __time > 5': /Cannot mix values of the types TIMESTAMP, INTEGER/,
  "SELECT TIME_FLOOR(__time, 'hour') FROM views": /ISO 8601 period/,
  'SELECT ms FROM views ORDER BY 2': /Ordinal out of range/,
  'SELECT ms FROM views UNION ALL SELECT 1, 2': /Column count mismatch/,
};

for (const [query, said] of Object.entries(mistakes)) {
  test(`told: ${query}`, async () => {
    const { message, status } = await refusal(query);
    assert.match(message, said);
    assert.equal(status, 400);
  });
}

test('what Druid has and millrace lacks is 501', async () => {
  const { message, status } = await refusal('SELECT BLOOM_FILTER(url, 100) FROM views');
  assert.match(message, /BLOOM_FILTER is not supported yet/);
  assert.equal(status, 501);
  assert.equal((await refusal('SELECT 1 BETWEEN SYMMETRIC 3 AND 0')).status, 501);
  assert.deepEqual(await rows('SELECT 1 BETWEEN ASYMMETRIC 0 AND 3'), [[true]]);
  assert.equal((await refusal('WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT 2) SELECT * FROM x')).status, 501);
});

test('a sketch is not counted as if it were a value', async () => {
  const { status, message } = await refusal('SELECT MAX(names) FROM people');
  assert.equal(status, 501);
  assert.match(message, /of a sketch/);
  for (const aggregate of ['APPROX_COUNT_DISTINCT_DS_HLL(names)', 'HLL_SKETCH_ESTIMATE(names)', 'DS_RANK(names, 1)'])
    assert.equal((await refusal(`SELECT ${aggregate} FROM people`)).status, 400, aggregate);
});

test('nesting without end is refused, and the next query is answered', async () => {
  for (const deep of [`SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)}`, `SELECT ${'1+'.repeat(50_000)}1`]) {
    assert.match((await refusal(deep)).code, /^(?:invalidInput|unsupported)$/);
  }
  assert.deepEqual(await rows('SELECT 1'), [[1]]);
});
