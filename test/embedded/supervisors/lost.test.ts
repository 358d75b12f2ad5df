/** Positions that the stream does not have any more are told, and nothing is skipped in silence. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MemoryLog } from '../../support/memory-log.ts';
import { events, type Supervised, settled, supervised } from '../../support/supervised.ts';

const messages = (s: Supervised) => s.status().recentErrors.map(({ message }) => message);

/** 20 events in each of two partitions, all read; then the backend is closed while `change` goes on. */
async function readTwenty(s: Supervised, tuning = {}, io = {}): Promise<void> {
  for (const n of [0, 1]) s.log.append(`clicks/${n}`, ...events(0, 20));
  await s.submit({ tuning, io });
  await s.reads(40);
  await s.test.backend.supervisors.suspend('clicks');
}

const twoPartitions = () => new MemoryLog('clicks/0', 'clicks/1');

it('records that were removed unread: their partition waits for a reset, the others go on', async () => {
  await using s = await supervised(twoPartitions());
  await readTwenty(s);
  s.log.append('clicks/0', ...events(0, 10));
  s.log.removeBefore('clicks/0', 25n);
  s.log.append('clicks/1', ...events(0, 10));
  await s.test.backend.supervisors.resume('clicks');
  await s.state('UNHEALTHY_SUPERVISOR');
  await settled(async () => assert.equal((await s.counted()).events, 50));
  await settled(() =>
    assert.match(
      String(messages(s)),
      /Partition clicks\/0 is to be read on at 20, but the stream has 25 to 30: 5 records were removed/,
    ),
  );
  assert.equal(s.status().healthy, false);
  // A restart does not forget.
  await s.test.reopen();
  await s.state('UNHEALTHY_SUPERVISOR');
  await settled(() =>
    assert.deepEqual(
      s.status().activeTasks.map(({ startingOffsets }) => startingOffsets),
      [{ 1: 30 }],
    ),
  );
  await s.test.backend.supervisors.resetOffsets('clicks', new Map([['clicks/0', 25n]]));
  await s.reads(55);
  await s.state('RUNNING');
});

it('a topic that is made anew is not taken for the old one, not even when it grows past the old position', async () => {
  await using s = await supervised(twoPartitions());
  await readTwenty(s);
  s.log.recreate('clicks/0');
  s.log.append('clicks/0', ...events(0, 3));
  await s.test.backend.supervisors.resume('clicks');
  await s.state('UNHEALTHY_SUPERVISOR');
  await settled(() =>
    assert.match(
      String(messages(s)),
      /Partition clicks\/0 is to be read on at 20, but the stream has 0 to 3: it was made anew/,
    ),
  );
  s.log.append('clicks/0', ...events(0, 30));
  await s.test.reopen();
  await s.state('UNHEALTHY_SUPERVISOR');
  assert.equal((await s.counted()).events, 40);
  await s.test.backend.supervisors.resetOffsets('clicks', new Map([['clicks/0', 0n]]));
  await s.reads(73);
});

it('a topic that was made anew while nobody read, and has grown past the position, is told and not read on', async () => {
  await using s = await supervised(twoPartitions());
  await readTwenty(s);
  s.log.recreate('clicks/0');
  s.log.append('clicks/0', ...events(0, 30));
  await s.test.reopen();
  await s.test.backend.supervisors.resume('clicks');
  await s.state('UNHEALTHY_SUPERVISOR');
  await settled(() =>
    assert.match(
      String(messages(s)),
      /Partition clicks\/0 is to be read on at 20, but the stream has 0 to 30: it was made anew/,
    ),
  );
  assert.equal((await s.counted()).events, 40);
  // After a restart it is told, too.
  await s.test.reopen();
  await settled(() => assert.match(String(messages(s)), /did not have position 20 of partition clicks\/0/));
  await s.test.backend.supervisors.resetOffsets('clicks', new Map([['clicks/0', 0n]]));
  await s.reads(70);
  await s.state('RUNNING');
});

it('a log that lost its end and grew again while nobody read is told, and not read on', async () => {
  await using s = await supervised(twoPartitions());
  await readTwenty(s);
  s.log.cutOff('clicks/0', 15n);
  s.log.append('clicks/0', ...events(0, 10));
  await s.test.backend.supervisors.resume('clicks');
  await s.state('UNHEALTHY_SUPERVISOR');
  await settled(() => assert.match(String(messages(s)), /at 20, but the stream has 0 to 25: its end was cut off/));
  assert.equal((await s.counted()).events, 40);
  // The five that took the place of those that are lost, and the five after them.
  await s.test.backend.supervisors.resetOffsets('clicks', new Map([['clicks/0', 15n]]));
  await s.reads(50);
});

it('a log whose end was cut off before the position was ever reached is read on', async () => {
  await using s = await supervised(twoPartitions());
  await readTwenty(s);
  s.log.append('clicks/0', ...events(0, 10));
  s.log.cutOff('clicks/0', 25n);
  s.log.append('clicks/0', ...events(0, 10));
  await s.test.backend.supervisors.resume('clicks');
  await s.reads(55);
  await s.state('RUNNING');
});

it('a topic that was made anew is noticed also where nothing of the old one was read', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 10));
  await s.submit({ io: { useEarliestOffset: false } });
  await s.state('RUNNING');
  await s.test.backend.supervisors.suspend('clicks');
  s.log.recreate('clicks/0');
  s.log.append('clicks/0', ...events(0, 30));
  await s.test.backend.supervisors.resume('clicks');
  await s.state('UNHEALTHY_SUPERVISOR');
  assert.match(String(messages(s)), /Partition clicks\/0 is to be read on at 10, but the stream has 0 to 30/);
  await s.test.backend.supervisors.reset('clicks');
  await s.state('RUNNING');
});

it('a topic that was made anew before anything of it was read is read from its beginning, and what it may have held is told', async () => {
  for (const resetOffsetAutomatically of [false, true]) {
    await using s = await supervised(twoPartitions());
    await s.submit({ tuning: { resetOffsetAutomatically }, io: { useEarliestOffset: false } });
    await s.state('RUNNING');
    await s.test.backend.supervisors.suspend('clicks');
    // Nobody sees these.
    s.log.append('clicks/0', ...events(0, 5));
    s.log.recreate('clicks/0');
    s.log.append('clicks/0', ...events(0, 30));
    await s.test.reopen();
    await s.test.backend.supervisors.resume('clicks');
    await s.reads(30);
    await settled(() =>
      assert.match(
        String(messages(s)),
        /Partition clicks\/0 was made anew before anything of it was read: what the one before held/,
      ),
    );
    await s.state('RUNNING');
    // Told once.
    await s.test.reopen();
    s.log.append('clicks/0', ...events(0, 1));
    await s.reads(31);
    assert.deepEqual(messages(s), []);
  }
});

it('a topic made anew is read from its beginning where resetOffsetAutomatically allows it', async () => {
  await using s = await supervised(twoPartitions());
  await readTwenty(s, { resetOffsetAutomatically: true });
  s.log.recreate('clicks/0');
  s.log.append('clicks/0', ...events(0, 30));
  await s.test.backend.supervisors.resume('clicks');
  await s.reads(70);
  await settled(() => assert.match(String(messages(s)), /it was made anew.* from its earliest position 0/));
  await s.state('RUNNING');
});

for (const [useEarliestOffset, end, kept] of [
  [true, 'earliest', 45],
  [false, 'latest', 40],
] as const) {
  it(`resetOffsetAutomatically goes on at the ${end} position, and says so`, async () => {
    await using s = await supervised(twoPartitions());
    await readTwenty(s);
    s.log.append('clicks/0', ...events(0, 10));
    s.log.removeBefore('clicks/0', 25n);
    await s.submit({ tuning: { resetOffsetAutomatically: true }, io: { useEarliestOffset } });
    await s.reads(kept);
    // Read on at the latest position, nothing more comes: only the message tells that it has moved.
    await settled(() =>
      assert.match(String(messages(s)), new RegExp(`5 records were removed .* from its ${end} position`)),
    );
    await s.state('RUNNING');
  });
}
