import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sqlHarness } from './support.ts';

const { rows } = sqlHarness();

/** Query → rows. Values from the four views and two people of the harness, by hand. */
const cases: Readonly<Record<string, unknown>> = {
  'SELECT 1337': [[1337]],
  'SELECT url, ms FROM views': [
    ['/foo', 32],
    ['/', 11],
    ['/foo', 45],
    ['/about', 7],
  ],
  'SELECT ms FROM "druid"."views" WHERE url = \'/foo\' AND NOT ms < 40 OR ms IN (7, 8)': [[45], [7]],
  'SELECT ms FROM views WHERE ms NOT IN (7, 11) AND ms BETWEEN 32 AND 44': [[32]],
  "SELECT ms FROM views WHERE url LIKE '/f%' AND url NOT LIKE '_foo_'": [[32], [45]],
  "SELECT ms FROM views WHERE url LIKE '!/f%' ESCAPE '!'": [[32], [45]],
  'SELECT ms FROM views WHERE "user" IS NULL': [[7]],
  'SELECT ms FROM views WHERE "user" IS NOT NULL ORDER BY ms DESC LIMIT 2 OFFSET 1': [[32], [11]],
  "SELECT ms FROM views WHERE __time >= TIMESTAMP '2018-05-24 10:00:00'": [[7]],
  "SELECT ms FROM views WHERE '2018-05-24T09:30:00' > __time": [[32], [11]],
  'SELECT v.* FROM (SELECT ms, url FROM views WHERE ms > 40) AS v': [[45, '/foo']],
  'SELECT url, COUNT(*) AS n, SUM(ms) FROM views GROUP BY url ORDER BY n DESC, url': [
    ['/foo', 2, 77],
    ['/', 1, 11],
    ['/about', 1, 7],
  ],
  'SELECT url, SUM(ms) FROM views GROUP BY 1 HAVING SUM(ms) > 10 ORDER BY 2': [
    ['/', 11],
    ['/foo', 77],
  ],
  'SELECT FLOOR(__time TO HOUR), COUNT(*) FROM views GROUP BY FLOOR(__time TO HOUR) ORDER BY 1': [
    ['2018-05-24T09:00:00.000Z', 3],
    ['2018-05-24T10:00:00.000Z', 1],
  ],
  'SELECT url, COUNT(*) FROM views GROUP BY GROUPING SETS ((url), ()) ORDER BY 2 DESC, 1': [
    [null, 4],
    ['/foo', 2],
    ['/', 1],
    ['/about', 1],
  ],
  'SELECT DISTINCT url FROM views ORDER BY url': [['/'], ['/about'], ['/foo']],
  'SELECT v.ms, p.age FROM views AS v LEFT JOIN people AS p ON v."user" = p.name ORDER BY v.ms': [
    [7, null],
    [11, null],
    [32, 30],
    [45, null],
  ],
  'SELECT p.name, v.ms FROM people p INNER JOIN (SELECT "user" AS name, ms FROM views) v USING (name)': [['alice', 32]],
  'SELECT a.ms, b.age FROM views a FULL JOIN people b ON a."user" = b.name WHERE a.ms IS NULL OR b.age = 30 ORDER BY 2':
    [
      [32, 30],
      [null, 41],
    ],
  'SELECT v.ms FROM views v WHERE v.ms > (SELECT AVG(ms) FROM views w WHERE w.url = v.url)': [[45]],
  'SELECT url, SUM(SUM(ms)) OVER (ORDER BY url) FROM views GROUP BY url ORDER BY url': [
    ['/', 11],
    ['/about', 18],
    ['/foo', 95],
  ],
  'SELECT ms AS m FROM views ORDER BY m * -1 LIMIT 1': [[45]],
  'SELECT COUNT(*) FROM views, people': [[8]],
  'WITH slow AS (SELECT url, ms FROM views WHERE ms > 10), one AS (SELECT MAX(ms) AS top FROM slow) SELECT slow.url FROM slow JOIN one ON slow.ms = one.top':
    [['/foo']],
  'SELECT url FROM views WHERE ms = (SELECT MIN(ms) FROM views)': [['/about']],
  'SELECT url FROM views WHERE "user" IN (SELECT name FROM people)': [['/foo']],
  'SELECT ms FROM views WHERE ms > 40 UNION ALL SELECT age FROM people ORDER BY 1': [[30], [41], [45]],
  'SELECT 1 UNION SELECT 1': [[1]],
  "VALUES (1, 'a'), (2, NULL)": [
    [1, 'a'],
    [2, null],
  ],
  'SELECT ms, ROW_NUMBER() OVER (PARTITION BY url ORDER BY ms DESC), SUM(ms) OVER (ORDER BY ms ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM views ORDER BY ms':
    [
      [7, 1, 7],
      [11, 1, 18],
      [32, 2, 43],
      [45, 1, 77],
    ],
  'SELECT LAG(ms) OVER w, COUNT(*) OVER (), RANK() OVER (ORDER BY url) FROM views WINDOW w AS (ORDER BY ms) ORDER BY ms':
    [
      [null, 4, 2],
      [7, 4, 1],
      [11, 4, 3],
      [32, 4, 3],
    ],
  "SELECT U&'\\00e4', 'it''s' -- the rest of the line": [['ä', "it's"]],
};

for (const [query, expected] of Object.entries(cases)) {
  test(query, async () => {
    assert.deepEqual(await rows(query), expected);
  });
}

test('a multi-value dimension is grouped by its values, compared by any of them, and shown as JSON text', async () => {
  assert.deepEqual(await rows('SELECT tags, COUNT(*) FROM views GROUP BY tags ORDER BY 2 DESC, 1'), [
    ['a', 2],
    ['b', 2],
    [null, 1],
    ['c', 1],
  ]);
  assert.deepEqual(await rows("SELECT tags FROM views WHERE tags = 'b'"), [['["a","b"]'], ['["b","c"]']]);
  assert.deepEqual(await rows("SELECT tags FROM views WHERE tags IN ('a', 'x')"), [['["a","b"]'], ['a']]);
  // «No value is b»; null is neither.
  assert.deepEqual(await rows("SELECT tags FROM views WHERE tags <> 'b'"), [['a']]);
});

test('parameters stand for literals, in order', async () => {
  const parameters = [
    { type: 'BIGINT', value: 20 },
    { type: 'VARCHAR', value: '/foo' },
    { type: 'TIMESTAMP', value: '2018-05-24 09:30:00' },
  ];
  const query = 'SELECT ms FROM views WHERE ms > ? AND url = ? AND __time > ?';
  assert.deepEqual(await rows(query, { parameters }), [[45]]);
  await assert.rejects(rows(query, { parameters: parameters.slice(0, 2) }), /No value bound for parameter/);
  await assert.rejects(
    rows('SELECT ?', { parameters: [{ type: 'BIGINT', value: '1; x' }] }),
    /is no value of the type/,
  );
});

test('whole numbers divide as whole numbers, and sums of them stay longs', async () => {
  assert.deepEqual(await rows('SELECT 7 / 2, -7 / 2, 7 / 2.0, MOD(7, 4)'), [[3, -3, 3.5, 3]]);
  assert.equal(
    JSON.stringify(await rows("SELECT CAST('9007199254740993' AS VARCHAR), SUM(ms) / 2 FROM views")),
    '[["9007199254740993",47]]',
  );
});

test('INFORMATION_SCHEMA tells of tables and columns', async () => {
  assert.deepEqual(await rows('SELECT SCHEMA_NAME FROM INFORMATION_SCHEMA.SCHEMATA ORDER BY 1'), [
    ['INFORMATION_SCHEMA'],
    ['druid'],
    ['lookup'],
    ['sys'],
    ['view'],
  ]);
  assert.deepEqual(
    await rows("SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'druid' ORDER BY TABLE_NAME"),
    [['people'], ['views']],
  );
  assert.deepEqual(
    await rows(
      "SELECT COLUMN_NAME, ORDINAL_POSITION, DATA_TYPE, IS_NULLABLE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'people'",
    ),
    [
      ['__time', 1, 'TIMESTAMP', 'NO'],
      ['name', 2, 'VARCHAR', 'YES'],
      ['age', 3, 'BIGINT', 'YES'],
      ['names', 4, 'COMPLEX<hyperUnique>', 'YES'],
    ],
  );
});
