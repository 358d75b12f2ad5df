/** What the command says before it has a broker. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { MirrorCommand, propertiesFile } from './mirror-support.ts';
import { runCommand } from './support.ts';

const files = ['--consumer.config', 'c', '--producer.config', 'p'];

const misuses: readonly (readonly [string[], RegExp])[] = [
  [[], /MirrorMaker 2's file, or --consumer\.config and --producer\.config/],
  [['--consumer.config', 'c', '--whitelist', 'x'], /--producer\.config/],
  [files, /one of --include, --whitelist and --blacklist/],
  [[...files, '--include', 'x', '--blacklist', 'y'], /one of --include, --whitelist and --blacklist/],
  [[...files, '--include', 'x', '--clusters', 'A'], /--clusters goes with MirrorMaker 2's file/],
  [['mm2.properties', '--whitelist', 'x'], /--whitelist does not go with a file/],
  [[...files, '--include', 'x', '--num.streams', 'many'], /expected a whole number/],
  [[...files, '--include', 'x', '--commit.interval.ms', '60000'], /expected 20000 at most/],
  [[...files, '--include', 'x', '--message.handler', 'my.Handler'], /--message\.handler is about a class of Java/],
  [[...files, '--include', 'x', '--consumer.rebalance.listener', 'my.Listener'], /a class of Java/],
];

for (const [args, message] of misuses) {
  test(`wrong usage, exit code 2: millrace mirror ${args.join(' ')}`, async () => {
    const { code, stdout, stderr } = await runCommand(['mirror', ...args]);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    assert.match(stderr, message);
  });
}

test('a mistake in a file ends it with its line, exit code 1', async (t) => {
  const file = propertiesFile(t, 'mm2.properties', ['clusters = A, B', 'A->B.enabled = yes']);
  const { code, stderr } = await runCommand(['mirror', file]);
  assert.equal(code, 1);
  assert.match(stderr, /^millrace: .*mm2\.properties, line 2, A->B\.enabled: 'yes'; expected true or false\n$/);
  assert.match((await runCommand(['mirror', 'nowhere.properties'])).stderr, /cannot read 'nowhere\.properties'/);
});

/** Of two clusters that nobody has. */
const nowhere = [
  'clusters = A, B',
  'A.bootstrap.servers = 127.0.0.1:1',
  'B.bootstrap.servers = 127.0.0.1:1',
  'A->B.enabled = true',
];

test('clusters that do not answer are waited for, and told of as not healthy; Ctrl-C ends it', async (t) => {
  const file = propertiesFile(t, 'mm2.properties', [...nowhere, 'offset.lag.max = 5']);
  const mirror = new MirrorCommand(t, file);
  await mirror.measures(/^process_resident_memory_bytes /m);
  let health = await mirror.get('/status/health');
  while (health.ok) health = await mirror.get('/status/health');
  assert.equal(health.status, 503);
  assert.match(((await health.json()) as { errorMessage: string }).errorMessage, /^A\.B: .*127\.0\.0\.1:1/);
  assert.equal((await mirror.get('/druid/v2')).status, 404);
  assert.equal(await mirror.stop(), 0);
  assert.match(mirror.stdout, /^millrace mirrors A \(127\.0\.0\.1:1\) to B \(127\.0\.0\.1:1\), at least once$/m);
  assert.match(mirror.log[0]?.msg ?? '', /mm2\.properties, line 5, offset\.lag\.max: is not needed/);
});

test('Ctrl-C ends it also while it waits for an answer', async (t) => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  t.after(() => silent.close());
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const file = propertiesFile(t, 'mm2.properties', nowhere.join('\n').replaceAll(':1', `:${port}`).split('\n'));
  const mirror = new MirrorCommand(t, file);
  await once(silent, 'connection');
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  assert.equal(await mirror.stop(hangUp), 0);
});

test('a port that is taken ends it, exit code 1', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, stderr } = await runCommand(['mirror', propertiesFile(t, 'f', nowhere), '--port', String(port)]);
  assert.equal(code, 1);
  assert.match(stderr, /port \d+ is in use; .* --port/);
});
