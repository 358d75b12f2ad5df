/** `millrace realtime` as a process: files, kills, announcements, and files of specs that cannot be. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { json, post } from '../server/support.ts';
import { realtimeSpec } from '../support/realtime.ts';
import { runCommand, type Serving, startCommand, temporaryFolder } from './support.ts';

const sample = readFileSync(new URL('../fixtures/samples/wikipedia.spec', import.meta.url), 'utf8');

const files = 20;
const linesPerFile = 50_000;
const total = files * linesPerFile;

/** Line `n` of all, so that the sum tells which ones are there. */
function writeFiles(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const time = '2013-08-31T01:02:33Z';
  for (let file = 0; file < files; file++) {
    const numbers = Array.from({ length: linesPerFile }, (_, i) => file * linesPerFile + i);
    const lines = numbers.map((n) => `{"timestamp":"${time}","page":"x","n":${n}}\n`);
    writeFileSync(join(folder, `${String(file).padStart(2, '0')}.json`), lines.join(''));
  }
}

/** 0 + 1 + … up to before `count`. */
const sumBelow = (count: number) => (count === 0 ? 0 : (count * (count - 1)) / 2);

async function sums(url: string): Promise<{ count: number; n: number }> {
  const query = {
    queryType: 'timeseries',
    dataSource: 'wikipedia',
    granularity: 'all',
    intervals: '2013/2014',
    aggregations: ['count', 'n'].map((name) => ({ type: 'longSum', name, fieldName: name })),
  };
  const { text } = await post(`${url}/druid/v2`, JSON.stringify(query), json);
  const [bucket] = JSON.parse(text) as { result: { count: number | null; n: number | null } }[];
  return { count: bucket?.result.count ?? 0, n: bucket?.result.n ?? 0 };
}

async function kill({ child }: Serving): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('kill -9 while files are read: each line is there once', async (t: TestContext) => {
  const folder = temporaryFolder(t);
  writeFiles(join(folder, 'in'));
  const spec = realtimeSpec({
    dataSchema: {
      metricsSpec: [
        { type: 'count', name: 'count' },
        { type: 'longSum', name: 'n', fieldName: 'n' },
      ],
    },
    firehose: { type: 'local', baseDir: join(folder, 'in'), filter: '*.json' },
    tuningConfig: { rejectionPolicy: { type: 'messageTime' } },
  });
  const file = join(folder, 'wikipedia.spec');
  writeFileSync(file, JSON.stringify([spec]));
  const start = () => startCommand(t, ['realtime', file, '--data', join(folder, 'data')]);
  const seen: number[] = [];
  let node = await start();
  while (seen.length < 5) {
    await sleep(50 * seen.length);
    const { count, n } = await sums(node.url);
    // Files are read in their order, so that what is there is always the beginning of all.
    assert.equal(n, sumBelow(count));
    assert.ok(count >= (seen.at(-1) ?? 0));
    seen.push(count);
    await kill(node);
    node = await start();
  }
  for (let last = 0; last < total; ) {
    const { count } = await sums(node.url);
    assert.ok(count >= last);
    last = count;
    await sleep(20);
  }
  // Once more, as there is nothing left to be read.
  await kill(node);
  node = await start();
  await sleep(300);
  assert.deepEqual(await sums(node.url), { count: total, n: sumBelow(total) });
});

test('a new segment is announced on standard output, on the port that the node has', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'in', 'a.json'), '{"timestamp":"2013-08-31T01:02:33Z","page":"x"}\n');
  const spec = realtimeSpec({
    firehose: { type: 'local', baseDir: join(folder, 'in'), filter: '*' },
    tuningConfig: { rejectionPolicy: { type: 'none' } },
  });
  const file = join(folder, 'wikipedia.spec');
  writeFileSync(file, JSON.stringify([spec]));
  const announces = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{3} INFO \[chief-wikipedia\] io\.druid\..*$/m;
  const { url, stdout } = await startCommand(t, ['realtime', file, '--data', join(folder, 'data')], announces);
  const segment = 'wikipedia_2013-08-31T01:00:00.000Z_2013-08-31T02:00:00.000Z_2013-08-31T01:00:00.000Z';
  const [line] = announces.exec(stdout) ?? [];
  assert.match(
    line ?? '',
    new RegExp(`Announcing segment\\[${segment}\\] at path\\[/druid/segments/${new URL(url).host}/`),
  );
});

test('a file of specs that cannot be is told of with its place, and nothing is served', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'wikipedia.spec');
  writeFileSync(file, sample.replace('"bootstrap.servers": "localhost:9092",', ''));
  const missing = await runCommand(['realtime', file, '--data', join(folder, 'data')]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^millrace: .*wikipedia\.spec, line 29 column 26, .*expected 'bootstrap\.servers'/);
  writeFileSync(file, sample.replace('"localhost:9092"', '"localhost"'));
  const wrong = await runCommand(['realtime', file, '--data', join(folder, 'data')]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /'bootstrap\.servers' is 'localhost'; expected host:port/);
  assert.equal(missing.stdout + wrong.stdout, '');
});
