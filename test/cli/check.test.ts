/** `millrace check` on files as users have them. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand, temporaryFolder } from './support.ts';

const sample = (name: string) => fileURLToPath(new URL(`../fixtures/samples/${name}`, import.meta.url));

const sound = ['tranquility-server.json', 'tranquility-kafka.json', 'metrics-kafka.fixed.json', 'wikipedia.spec'].map(
  sample,
);

test('sound files: nothing is wrong, exit code 0', async () => {
  const { code, stdout, stderr } = await runCommand(['check', ...sound]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.equal(stdout, sound.map((file) => `${file}: nothing is wrong\n`).join(''));
});

test('a file as its author typed it: the unquoted key and the missing comma, with their places, exit code 1', async () => {
  const file = sample('metrics-kafka.json');
  const { code, stdout, stderr } = await runCommand(['check', ...sound, file]);
  assert.deepEqual({ code, stderr }, { code: 1, stderr: '' });
  assert.ok(stdout.includes(`${file}:26:10: error: `), stdout);
  assert.match(stdout, /replicas/);
  assert.match(stdout, /expected ','/);
});

test('a mistake and an unknown field of a query, on standard input: each with its place and the right word', async () => {
  const query = `{
  "queryType": "topN", "dataSource": "a", "granularity": "all", "intervals": "2026/2027",
  "dimension": "url", "metric": "views", "treshold": 3, "threshold": 3,
  "aggregations": [{"type": "longSums", "name": "views", "fieldName": "views"}]
}`;
  const { code, stdout } = await runCommand(['check', '-'], query);
  assert.equal(code, 1);
  const lines = stdout.split('\n');
  assert.match(String(lines[0]), /^-:3:42: warning: \$\.treshold: .*did you mean 'threshold'\?$/);
  assert.match(String(lines[1]), /^-:4:29: error: \$\.aggregations\[0\]\.type: .*did you mean 'longSum'\?$/);
});

test('a file that is none of these, or not there: said, exit code 1', async (t) => {
  const file = join(temporaryFolder(t), 'other.json');
  writeFileSync(file, '{"a": 1}');
  const other = await runCommand(['check', file]);
  assert.equal(other.code, 1);
  assert.ok(other.stdout.startsWith(`${file}:1:1: error: `), other.stdout);
  const none = await runCommand(['check', `${file}.none`]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /^millrace: cannot read .*no such file\n$/);
});

test('files that cannot be checked are said to be, rather than sound or broken: exit code 1', async () => {
  const files = ['mirror-consumer.properties', 'kafka_client_jaas.conf', 'hive-table.sql'].map(sample);
  const { code, stdout, stderr } = await runCommand(['check', ...files]);
  assert.deepEqual({ code, stderr }, { code: 1, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, files.length);
  for (const [index, line] of lines.entries()) assert.ok(line.startsWith(`${files[index]}: not checked: `), line);
});

test("Druid's properties: mistakes, and what has no meaning here, each with its line", async (t) => {
  const file = join(temporaryFolder(t), 'druid.properties');
  const lines = [
    '# of our cluster',
    'druid.client.https.trustStorPath=/etc/trust.p12',
    'druid.client.https.keyStoreType=PGP',
    'druid.escalator.internalClientUsername = me',
  ];
  writeFileSync(file, lines.join('\n'));
  const { code, stdout } = await runCommand(['check', file]);
  assert.equal(code, 1);
  assert.equal(
    stdout,
    `${file}:2: warning: druid.client.https.trustStorPath: it has no meaning here, and is ignored; did you mean 'druid.client.https.trustStorePath'?
${file}:3: error: druid.client.https.keyStoreType: expected one of 'PEM', 'PKCS12', 'JKS', got 'PGP'
`,
  );
  writeFileSync(file, String(lines.at(-1)));
  assert.deepEqual(await runCommand(['check', file]), { code: 0, stdout: `${file}: nothing is wrong\n`, stderr: '' });
});

test("MirrorMaker 2's file: what is not known or has no effect, and a mistake, each with its line", async (t) => {
  const file = join(temporaryFolder(t), 'mm2.properties');
  const lines = [
    'clusters = A, B',
    'A.bootstrap.servers = a:9092',
    'B.bootstrap.servers = b:9092',
    'A->B.enabled = true',
    'offset.lag.max = 5',
    'A->B.topic = orders',
  ];
  const check = async (...more: string[]) => {
    writeFileSync(file, [...lines, ...more].join('\n'));
    return (await runCommand(['check', file])).stdout.replaceAll(file, 'F');
  };
  assert.equal(
    await check(),
    `F:5: warning: offset.lag.max: is not needed: the ledger is exact for each record, however much it lags
F:6: warning: A->B.topic: is not known, and is ignored; did you mean 'topics'?
`,
  );
  assert.equal(
    await check('A->B.tasks.max = x'),
    "F:7: error: A->B.tasks.max: 'x'; expected a whole number from 1 to 2147483647\n",
  );
});
