import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { post } from '../server/support.ts';
import { runCommand, startCommand, temporaryFolder } from './support.ts';

const lines = '{"time":"2026-01-01T00:00:00Z","url":"/a"}\n{"time":"2026-01-01T00:00:01Z","url":"/b"}\n';

const query = {
  queryType: 'timeseries',
  dataSource: 'pageviews',
  intervals: '2026-01-01/2026-01-02',
  granularity: 'all',
  aggregations: [{ type: 'count', name: 'rows' }],
};
const answer = [{ timestamp: '2026-01-01T00:00:00.000Z', result: { rows: 2 } }];

test('a query is asked of a server, then of its data folder: the same answer, in files and on standard input', async (t) => {
  const folder = temporaryFolder(t);
  const data = join(folder, 'data');
  const file = join(folder, 'query.json');
  writeFileSync(file, JSON.stringify(query));
  const { child, url, ended } = await startCommand(t, ['serve', '--data', data]);
  await post(`${url}/v1/post/pageviews`, lines);
  const fromServer = await runCommand(['query', file, '--url', `${url}/`]);
  assert.deepEqual({ code: fromServer.code, stderr: fromServer.stderr }, { code: 0, stderr: '' });
  assert.deepEqual(JSON.parse(fromServer.stdout), answer);

  const held = await runCommand(['query', file, '--data', data]);
  assert.equal(held.code, 1);
  assert.match(held.stderr, /^millrace: .*process.*\n$/);

  child.kill('SIGTERM');
  await ended;
  const fromFolder = await runCommand(['query', '-', '--data', data], JSON.stringify(query));
  assert.deepEqual(fromFolder, fromServer);
});

test('an error answer is printed on standard error, exit code 1', async (t) => {
  const folder = temporaryFolder(t);
  const { url } = await startCommand(t, ['serve', '--data', join(folder, 'data')]);
  const { code, stdout, stderr } = await runCommand(['query', '-', '--url', url], '{"queryType":"topM"}');
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.match(JSON.parse(stderr).errorMessage, /topN/);
});

test('what cannot be asked is said in a line, exit code 1', async (t) => {
  const folder = temporaryFolder(t);
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{"queryType": "topN",\n  oops}');
  const mistaken = join(folder, 'mistaken.json');
  writeFileSync(mistaken, '{"queryType":\n"topM"}');
  const data = join(folder, 'data');
  mkdirSync(data);
  const cases: [string[], RegExp][] = [
    [['query', join(folder, 'none.json')], /none\.json.*no such file/],
    [['query', broken], /broken\.json, line 2 column 3/],
    [
      ['query', mistaken, '--data', data],
      /mistaken\.json, line 2 column 1, \$\.queryType: .*'topM'; did you mean 'topN'/,
    ],
    [['query', '-', '--url', 'http://127.0.0.1:1'], /no answer from http:\/\/127\.0\.0\.1:1.*--url/],
    [['query', '-', '--data', join(folder, 'none')], /no data folder/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await runCommand(args, '{}');
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    assert.match(stderr, message);
    assert.match(stderr, /^millrace: [^\n]*\n$/);
  }
});
