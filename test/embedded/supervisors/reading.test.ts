/** Every record of the stream is there once, whatever happens to the supervisor. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { it } from 'node:test';
import { MemoryLog } from '../../support/memory-log.ts';
import { events, settled, supervised } from '../../support/supervised.ts';

it('partitions are shared among tasks, which all read to the end', async () => {
  const log = new MemoryLog('clicks/0', 'clicks/1', 'clicks/2');
  for (const n of [0, 1, 2]) log.append(`clicks/${n}`, ...events(0, 1200));
  await using s = await supervised(log);
  await s.submit({ io: { taskCount: 2 } });
  await s.reads(3600);
  const offsets = s
    .status()
    .activeTasks.map(({ startingOffsets, currentOffsets }) => [startingOffsets, currentOffsets]);
  assert.deepEqual(offsets, [
    [
      { 0: 0, 2: 0 },
      { 0: 1200, 2: 1200 },
    ],
    [{ 1: 0 }, { 1: 1200 }],
  ]);
});

it('positions and supervisors come back with the folder', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 700));
  await s.submit();
  await s.reads(700);
  await s.test.reopen();
  s.log.append('clicks/0', ...events(0, 800));
  await s.reads(1500);
  assert.deepEqual(s.status().activeTasks[0]?.startingOffsets, { 0: 700 });
});

it('a spec in place of a running one goes on where that one ended', async () => {
  await using s = await supervised(new MemoryLog('clicks/0', 'clicks/1'));
  let appended = 0;
  const append = () => {
    for (const n of [0, 1]) s.log.append(`clicks/${n}`, ...events(0, 400));
    appended += 800;
  };
  append();
  await s.submit();
  for (let round = 0; round < 4; round++) {
    append();
    await s.submit({ io: { taskCount: 1 + (round % 2), pollTimeout: round } });
    append();
  }
  await s.reads(appended);
  assert.equal((await s.counted()).n, appended);
});

it('suspended, nothing is read; resumed, it goes on; and both stay over a restart', async () => {
  await using s = await supervised();
  const { supervisors } = s.test.backend;
  await s.submit();
  s.log.append('clicks/0', ...events(0, 10));
  await s.reads(10);
  await supervisors.suspend('clicks');
  await assert.rejects(supervisors.suspend('clicks'), {
    code: 'invalidInput',
    message: '[clicks] is already suspended',
  });
  s.log.append('clicks/0', ...events(0, 10));
  assert.deepEqual(s.status().activeTasks, []);
  await s.test.reopen();
  await s.state('SUSPENDED');
  assert.equal((await s.counted()).events, 10);
  await s.test.backend.supervisors.resume('clicks');
  await assert.rejects(s.test.backend.supervisors.resume('clicks'), { message: '[clicks] is already running' });
  await s.reads(20);
});

it('reset forgets all positions, resetOffsets sets given ones', async () => {
  await using s = await supervised(new MemoryLog('clicks/0', 'clicks/1'));
  for (const n of [0, 1]) s.log.append(`clicks/${n}`, ...events(0, 10));
  await s.submit();
  await s.reads(20);
  await s.test.backend.supervisors.reset('clicks');
  // All 20 once more.
  await s.reads(40);
  await s.test.backend.supervisors.resetOffsets('clicks', new Map([['clicks/1', 7n]]));
  // The last three of one partition once more.
  await s.reads(43);
});

it('terminated, the data and the positions stay', async () => {
  await using s = await supervised();
  const { supervisors } = s.test.backend;
  await s.submit();
  s.log.append('clicks/0', ...events(0, 10));
  await s.reads(10);
  await supervisors.terminate('clicks');
  assert.deepEqual(await supervisors.ids(), []);
  await assert.rejects(supervisors.terminate('clicks'), { code: 'notFound', message: '[clicks] does not exist' });
  s.log.append('clicks/0', ...events(0, 5));
  await s.test.reopen();
  assert.deepEqual(await s.test.backend.supervisors.ids(), []);
  assert.equal((await s.counted()).events, 10);
  await s.submit();
  await s.reads(15);
  assert.deepEqual(
    (await s.test.backend.supervisors.history()).clicks?.map(({ spec }) => spec.type),
    ['kafka', 'NoopSupervisorSpec', 'kafka'],
  );
});

it('without useEarliestOffset it begins at the end, but a partition that comes later is read from its beginning', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 10));
  await s.submit({ io: { useEarliestOffset: false } });
  await settled(() => assert.deepEqual(s.status().activeTasks[0]?.startingOffsets, { 0: 10 }));
  // What comes before the first read commit is not passed over by a restart.
  await s.test.reopen();
  s.log.append('clicks/0', ...events(0, 3));
  s.log.append('clicks/1', ...events(0, 4));
  await s.reads(7);
});

it('a task ends after its taskDuration, its rows become segments, and another one goes on', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 10));
  await s.submit({ io: { taskDuration: 'PT0.2S' } });
  await s.reads(10);
  await settled(() => assert.deepEqual(s.status().activeTasks[0]?.startingOffsets, { 0: 10 }));
  await settled(() => assert.equal(globSync(`${s.test.folder}/segments/clicks/*/*.parquet`).length, 1));
  s.log.append('clicks/0', ...events(0, 10));
  await s.reads(20);
});

for (const [what, tuning] of [
  ['after each intermediateHandoffPeriod', { intermediateHandoffPeriod: 'PT0.2S' }],
  ['when maxTotalRows are live', { maxTotalRows: 3 }],
  ['when maxRowsPerSegment of one segment are live', { maxRowsPerSegment: 2 }],
] as const) {
  it(`rows become segments while their task goes on: ${what}`, async () => {
    await using s = await supervised();
    const minutes = ['00:00', '00:01', '01:00'];
    s.log.append('clicks/0', ...minutes.map((time) => ({ time: `2026-06-01T${time}:00Z`, n: 1 })));
    await s.submit({ tuning });
    await s.reads(3);
    // Of two hours.
    await settled(() => assert.equal(globSync(`${s.test.folder}/segments/clicks/*/*.parquet`).length, 2));
    assert.deepEqual(s.status().activeTasks[0]?.startingOffsets, { 0: 0 });
    s.log.append('clicks/0', ...events(0, 10));
    await s.reads(13);
  });
}

it('fewer rows than maxTotalRows, and in each segment than maxRowsPerSegment, stay live', async () => {
  await using s = await supervised();
  const minutes = ['00:00', '00:01', '01:00', '01:01'];
  s.log.append('clicks/0', ...minutes.map((time) => ({ time: `2026-06-01T${time}:00Z`, n: 1 })));
  await s.submit({ tuning: { maxTotalRows: 5, maxRowsPerSegment: 3 } });
  await s.reads(4);
  const looked = async () =>
    ((await s.test.backend.supervisors.status('clicks')).payload.offsetsLastUpdated ?? '') > since;
  const since = new Date(Date.now() + 100).toISOString();
  // Some looks later.
  await settled(async () => assert.ok(await looked()));
  assert.equal(globSync(`${s.test.folder}/segments/clicks/*/*.parquet`).length, 0);
});

it('handing off a task group ends its task early', async () => {
  await using s = await supervised(new MemoryLog('clicks/0', 'clicks/1'));
  for (const n of [0, 1]) s.log.append(`clicks/${n}`, ...events(0, 10));
  await s.submit({ io: { taskCount: 2 } });
  await s.reads(20);
  const before = s.status().activeTasks.map(({ id }) => id);
  await s.test.backend.supervisors.handOff('clicks', [1]);
  await settled(() =>
    assert.deepEqual(
      s.status().activeTasks.map(({ startingOffsets }) => startingOffsets),
      [{ 0: 0 }, { 1: 10 }],
    ),
  );
  assert.equal(s.status().activeTasks[0]?.id, before[0]);
  await settled(() => assert.equal(globSync(`${s.test.folder}/segments/clicks/*/*.parquet`).length, 1));
  await s.reads(20);
});

it('several supervisors read side by side, and events are pushed into the same dataSource', async () => {
  await using s = await supervised(new MemoryLog('clicks/0'));
  s.log.append('clicks/0', ...events(0, 10));
  await s.submit();
  await s.submit({ schema: { dataSource: 'others' } });
  await s.test.push('clicks', events(0, 5));
  await s.reads(15);
  await settled(async () => assert.deepEqual(await s.test.rows('others', ['events']), [[10]]));
});

it('with a topicPattern, partitions are shown with their topics, and new topics join', async () => {
  await using s = await supervised(new MemoryLog('a/0', 'b/0'));
  s.log.append('a/0', ...events(0, 5));
  await s.submit({ io: { topic: null, topicPattern: '[a-c]' } });
  await s.reads(5);
  s.log.append('c/0', ...events(0, 5));
  await s.reads(10);
  const { currentOffsets } = s.status().activeTasks[0] ?? {};
  assert.deepEqual(currentOffsets, { 'a:0': 5, 'b:0': 0, 'c:0': 5 });
});

it('idle after a time without anything new, and back when something comes', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 10));
  await s.submit({ io: { idleConfig: { enabled: true, inactiveAfterMillis: 100 } } });
  await s.state('IDLE');
  assert.deepEqual(s.status().activeTasks, []);
  assert.equal((await s.counted()).events, 10);
  s.log.append('clicks/0', ...events(0, 10));
  await s.reads(20);
});
