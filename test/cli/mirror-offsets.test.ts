/** `millrace mirror offsets`, of a mirror that runs, by the same file. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestCluster } from '../mirror/topics/watching.ts';
import { MirrorCommand, ordersFile } from './mirror-support.ts';
import { runCommand } from './support.ts';

const [source, target] = await Promise.all([TestCluster.start(), TestCluster.start()]);

test("a group's offsets on both sides, as a table and as JSON", async (t) => {
  await source.scribe.createTopic('orders', 2);
  await source.scribe.openProducer('writer', { 'transactional.id': 'writer' });
  for (const end of [source.scribe.abort, source.scribe.commit]) {
    await source.scribe.begin('writer');
    for (const partition of [0, 1]) await source.scribe.fill('writer', 'orders', 100, 'v', partition);
    // What has not left the producer yet is not aborted, but never there.
    await source.scribe.flush('writer');
    await end('writer');
  }
  // A hundred records and a marker were aborted; the group has read ten of partition 0, and all of partition 1.
  await source.cluster.admin.setGroupOffsets('billing', [
    { topic: 'orders', partition: 0, offset: 111 },
    { topic: 'orders', partition: 1, offset: 202 },
  ]);
  const file = ordersFile(t, { source: source.bootstrapServers, target: target.bootstrapServers });
  const options = [file, '--group', 'billing', '--topic', 'orders'];
  const missing = await runCommand(['mirror', 'offsets', ...options]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /the flow 'in\.out' has mirrored nothing yet/);

  const mirror = new MirrorCommand(t, file);
  for (const partition of [0, 1]) {
    const all = `^millrace_mirror_records_total\\{flow="in\\.out",topic="orders",partition="${partition}"\\} 100$`;
    await mirror.measures(new RegExp(all, 'm'));
  }
  assert.equal(await mirror.stop(), 0);
  const json = await runCommand(['mirror', 'offsets', ...options, '--json']);
  const common = { flow: 'in.out', topic: 'orders', remoteTopic: 'in.orders', isExact: true };
  assert.deepEqual(JSON.parse(json.stdout), [
    { ...common, partition: 0, sourceOffset: 111, sourceLag: 91, targetOffset: 10, targetLag: 90 },
    { ...common, partition: 1, sourceOffset: 202, sourceLag: 0, targetOffset: 100, targetLag: 0 },
  ]);
  const table = await runCommand(['mirror', 'offsets', ...options]);
  assert.deepEqual(
    table.stdout.split('\n').map((line) => line.split(/ +/)),
    [
      [
        ...['FLOW', 'TOPIC', 'PARTITION', 'SOURCE-OFFSET', 'SOURCE-LAG'],
        'REMOTE-TOPIC',
        'TARGET-OFFSET',
        'TARGET-LAG',
        'EXACT',
      ],
      ['in.out', 'orders', '0', '111', '91', 'in.orders', '10', '90', 'yes'],
      ['in.out', 'orders', '1', '202', '0', 'in.orders', '100', '0', 'yes'],
      [''],
    ],
  );
});

test('wrong usage has exit code 2', async () => {
  const { code, stderr } = await runCommand(['mirror', 'offsets', 'mm2.properties']);
  assert.equal(code, 2);
  assert.match(stderr, /--group/);
});
