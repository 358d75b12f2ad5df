import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sqlHarness } from './support.ts';

const { text } = sqlHarness();
const query = 'SELECT __time, url AS u, ms, score, ms > 10 FROM views WHERE ms IN (7, 11)';
const [first, second] = ['"2018-05-24T09:26:13.000Z"', '"2018-05-24T10:05:00.000Z"'];

/** Every format ends with a line feed, the line formats and csv with one more. */
const formats = {
  object: `[{"__time":${first},"u":"/","ms":11,"score":2.25,"EXPR$4":true},{"__time":${second},"u":"/about","ms":7,"score":4.0,"EXPR$4":false}]\n`,
  array: `[[${first},"/",11,2.25,true],[${second},"/about",7,4.0,false]]\n`,
  objectLines: `{"__time":${first},"u":"/","ms":11,"score":2.25,"EXPR$4":true}\n{"__time":${second},"u":"/about","ms":7,"score":4.0,"EXPR$4":false}\n\n`,
  arrayLines: `[${first},"/",11,2.25,true]\n[${second},"/about",7,4.0,false]\n\n`,
  csv: '2018-05-24T09:26:13.000Z,/,11,2.25,true\n2018-05-24T10:05:00.000Z,/about,7,4.0,false\n\n',
};

for (const [resultFormat, expected] of Object.entries(formats)) {
  test(`the format ${resultFormat}`, async () => {
    assert.equal(await text(query, { resultFormat }), expected);
  });
}

test('object is the default, and an empty answer has its brackets', async () => {
  assert.equal(await text('SELECT 1337'), '[{"EXPR$0":1337}]\n');
  assert.equal(await text('SELECT url FROM views WHERE FALSE'), '[]\n');
  assert.equal(await text('SELECT url FROM views WHERE FALSE', { resultFormat: 'csv' }), '\n');
});

test('headers come as rows: names, Druid types, SQL types', async () => {
  const headers = { header: true, typesHeader: true, sqlTypesHeader: true };
  const types = 'SELECT __time, url, ms, score, ms > 10 AS b, 1.5 AS d FROM views LIMIT 0';
  assert.equal(
    await text(types, { resultFormat: 'arrayLines', ...headers }),
    '["__time","url","ms","score","b","d"]\n["LONG","STRING","LONG","DOUBLE","LONG","DOUBLE"]\n["TIMESTAMP","VARCHAR","BIGINT","DOUBLE","BOOLEAN","DECIMAL"]\n\n',
  );
  assert.equal(await text('SELECT 1 AS a, 2 AS b', { header: true }), '[{"a":null,"b":null},{"a":1,"b":2}]\n');
  assert.equal(
    await text('SELECT url FROM views LIMIT 0', headers),
    '[{"url":{"type":"STRING","sqlType":"VARCHAR"}}]\n',
  );
  await assert.rejects(text('SELECT 1', { header: false, typesHeader: true }), /header/);
});

test('csv quotes what needs it, and null and empty text are alike', async () => {
  assert.equal(await text(`SELECT 'a,"b"', NULL, '', 'x'`, { resultFormat: 'csv' }), '"a,""b""",,,x\n\n');
});

test('times are printed, read and rounded on the clock of sqlTimeZone', async () => {
  const context = { sqlTimeZone: 'Europe/Berlin' };
  assert.equal(
    await text(
      "SELECT __time, FLOOR(__time TO DAY), EXTRACT(HOUR FROM __time), CAST(__time AS VARCHAR) FROM views WHERE __time >= TIMESTAMP '2018-05-24 12:00:00'",
      { resultFormat: 'array', context },
    ),
    '[["2018-05-24T12:05:00.000+02:00","2018-05-24T00:00:00.000+02:00",12,"2018-05-24 12:05:00"]]\n',
  );
});
