/** `--druid from-file` and `--druid-config`: a Druid that files tell of. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { freePort } from '../services/millrace.ts';
import { sharedDruid } from '../services/on-demand.ts';
import { runCommand, startCommand, temporaryFolder } from './support.ts';

const { client, kafka, zookeeper, release } = await sharedDruid();
after(release);

function fileOf(t: TestContext, name: string, ...lines: readonly string[]): string {
  const file = join(temporaryFolder(t), name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const leaderAt = async (url: string) => (await fetch(`${url}/druid/coordinator/v1/isLeader`)).json();

test("Druid's own properties say where its ZooKeeper is; what has no meaning here is told with the nearest word", async (t) => {
  const config = fileOf(
    t,
    'common.runtime.properties',
    `druid.zk.service.host=${zookeeper}`,
    'druid.zk.paths.base=/druid',
    'druid.zk.service.sesionTimeoutMs=10000',
    'druid.metadata.storage.type=postgresql',
  );
  const args = ['serve', '--druid', 'from-file', '--druid-config', config, '--kafka', kafka, '--log-level', 'warn'];
  const { url, stdout, child, ended } = await startCommand(t, args);
  assert.match(stdout, new RegExp(`data on the Druid at zk://${zookeeper}\n`));
  assert.deepEqual(await leaderAt(url), { leader: true });
  child.kill('SIGTERM');
  const { code, stderr } = await ended;
  assert.equal(code, 0);
  assert.match(stderr, /'druid\.zk\.service\.sesionTimeoutMs'.*did you mean 'druid\.zk\.service\.sessionTimeoutMs'\?/);
});

test("Tranquility's file says where its ZooKeeper is", async (t) => {
  const sample = readFileSync(new URL('../fixtures/samples/tranquility-server.json', import.meta.url), 'utf8');
  const name = `from-file-${randomBytes(4).toString('hex')}`;
  t.after(() => client.terminate(name));
  const config = sample
    .replace('"zookeeper.connect" : "localhost"', `"zookeeper.connect" : "${zookeeper}"`)
    .replace('"8200"', `"${await freePort()}"`)
    .replaceAll('"pageviews"', `"${name}"`);
  assert.match(config, new RegExp(`"${zookeeper}"`));
  const args = ['server', '-configFile', fileOf(t, 'server.json', config), '--druid', 'from-file', '--kafka', kafka];
  const { url } = await startCommand(t, args);
  assert.deepEqual(await leaderAt(url), { leader: true });
});

test('a value that cannot be is told with its place, and never itself where it may be a password', async (t) => {
  const config = fileOf(
    t,
    'druid.properties',
    '# how to log in',
    'druid.escalator.internalClientUsername=me',
    `druid.escalator.internalClientPassword=s3cret-\${env:MILLRACE_NOT_SET}`,
    'druid.client.https.protocol=SSLv3',
  );
  const args = ['serve', '--druid', 'http://127.0.0.1:9', '--druid-config', config, '--kafka', kafka];
  const { code, stderr } = await runCommand(args);
  assert.equal(code, 1);
  assert.match(stderr, /druid\.properties, line 3.*the environment variable MILLRACE_NOT_SET, which is not set/);
  assert.match(stderr, /line 4.*expected one of 'TLS', 'TLSv1\.2', 'TLSv1\.3'/);
  assert.doesNotMatch(stderr, /s3cret/);
});

test('from-file without a file that names a ZooKeeper', async () => {
  const { code, stderr } = await runCommand(['serve', '--druid', 'from-file', '--kafka', kafka]);
  assert.equal(code, 1);
  assert.match(stderr, /finds no ZooKeeper: expected druid\.zk\.service\.host in --druid-config/);
});
