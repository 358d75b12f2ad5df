/** What goes wrong is told, stops what it must, and skips nothing in silence. */
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
      /Partition clicks\/0 is to be read on at 20, but the stream has 0 to 3: its end was cut off/,
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
      /Partition clicks\/0 is to be read on at 20, but the stream has 0 to 30: .* the topic was made anew/,
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

it('a topic made anew is read from its beginning where resetOffsetAutomatically allows it', async () => {
  await using s = await supervised(twoPartitions());
  await readTwenty(s, { resetOffsetAutomatically: true });
  s.log.recreate('clicks/0');
  s.log.append('clicks/0', ...events(0, 30));
  await s.test.backend.supervisors.resume('clicks');
  await s.reads(70);
  await settled(() => assert.match(String(messages(s)), /the topic was made anew.* from its earliest position 0/));
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

it('what cannot be parsed is counted, and the last of it saved', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 2), '{"n":1}', 'first', ...events(2, 4), '{"time":"yesterday","n":1}');
  await s.submit({ tuning: { maxSavedParseExceptions: 2 } });
  await s.reads(4);
  const errors = s.test.backend.supervisors.parseErrors('clicks');
  assert.deepEqual(
    errors.map(({ timeOfExceptionMillis: _, ...error }) => error),
    [
      {
        input: '{"time":"yesterday","n":1}',
        errorType: 'unparseable',
        details: ["'yesterday' in 'time' is no timestamp of format 'auto'"],
      },
      { input: 'first', errorType: 'unparseable', details: ['the line is no JSON object'] },
    ],
  );
  assert.equal((await s.test.backend.rejects('clicks')).length, 3);
});

/** The totals of its one task. */
function totals(s: Supervised): unknown {
  const [task] = Object.values(s.test.backend.supervisors.stats('clicks')[0] ?? {}) as {
    readonly totals: { readonly buildSegments: unknown };
  }[];
  return task?.totals.buildSegments;
}

it("an event of which a field does not become its column's number is kept, without the field, and counted", async () => {
  await using s = await supervised();
  const time = '2026-06-01T00:00:00Z';
  const bad = [
    { time, page: '/a', n: 'abc', level: 3 },
    { time, page: '/b', n: 5, level: 'high' },
    { time, page: '/c', n: { x: 1 }, level: '' },
  ];
  // Numbers as text, a thousand with its comma, a fraction that is cut off, and no number at all, are no faults.
  const good = [{ time, n: '7', level: '1' }, { time, n: '1,000', level: 2.9 }, { time, n: null }, { time }];
  s.log.append('clicks/0', ...good, ...bad, 'no event');
  const dimensions = ['page', { type: 'long', name: 'level' }];
  await s.submit({ schema: { dimensionsSpec: { dimensions } }, tuning: { maxSavedParseExceptions: 9 } });
  await s.reads(7);
  assert.equal((await s.counted()).n, 7 + 1000 + 5);
  const bytes = [...good, ...bad].reduce((sum, event) => sum + JSON.stringify(event).length, 'no event'.length);
  const counts = { processed: 4, processedBytes: bytes, processedWithError: 3, thrownAway: 0, unparseable: 1 };
  assert.deepEqual(totals(s), counts);
  const errors = s.test.backend.supervisors.parseErrors('clicks');
  assert.deepEqual(
    errors.map(({ errorType, details }) => [errorType, details]),
    [
      ['unparseable', ['the line is no JSON object']],
      [
        'processedWithError',
        ['Unable to parse value[] for field[level]', 'Unable to parse value[{"x":1}] for field[n]'],
      ],
      ['processedWithError', ['Unable to parse value[high] for field[level]']],
      ['processedWithError', ['Unable to parse value[abc] for field[n]']],
    ],
  );
  assert.equal(errors[3]?.input, JSON.stringify(bad[0]));
  // They are no rejects.
  assert.deepEqual(
    (await s.test.backend.rejects('clicks')).map(({ event }) => event),
    ['no event'],
  );
});

it('events with such fields count against maxParseExceptions; also without rollup, and after sound ones', async () => {
  await using s = await supervised();
  const faulty = { time: '2026-06-01T00:00:00Z', n: 'abc' };
  s.log.append('clicks/0', ...events(0, 5), faulty);
  await s.submit({ schema: { granularitySpec: { rollup: false } }, tuning: { maxParseExceptions: 2 } });
  await s.reads(6);
  s.log.append('clicks/0', ...events(0, 5), faulty, 'no event');
  await s.state('UNHEALTHY_TASKS');
  assert.match(String(messages(s)), /2 events cannot be parsed \(1 of them in single fields\) where at most 1 may/);
  assert.equal((await s.counted()).events, 6);
});

it('more parse exceptions than maxParseExceptions: the task fails, and nothing of the batch is taken', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 10));
  await s.submit({ tuning: { maxParseExceptions: 1, maxSavedParseExceptions: 5 } });
  await s.reads(10);
  s.log.append('clicks/0', ...events(0, 3), 'one', 'two', ...events(0, 3));
  await s.state('UNHEALTHY_TASKS');
  assert.equal((await s.counted()).events, 10);
  await settled(() =>
    assert.match(String(messages(s)), /2 events cannot be parsed where at most 1 may \(maxParseExceptions\)/),
  );
  assert.deepEqual(
    s.test.backend.supervisors
      .parseErrors('clicks')
      .slice(0, 2)
      .map(({ input }) => input),
    ['two', 'one'],
  );
  // Past the two.
  await s.test.backend.supervisors.resetOffsets('clicks', new Map([['clicks/0', 15n]]));
  await s.reads(13);
  await s.state('RUNNING');
});

it('late and early events are dropped by the bounds of the task that reads them, to the millisecond', async () => {
  const now = Date.parse('2026-06-01T12:00:00Z');
  await using s = await supervised(undefined, { now: () => now });
  const times = [
    '2026-06-01T10:59:59.999Z', // late by a millisecond
    '2026-06-01T11:00:00.000Z',
    '2026-06-01T14:30:00.000Z',
    '2026-06-01T14:30:00.001Z', // early by a millisecond
  ];
  s.log.append('clicks/0', ...times.map((time) => ({ time, n: 1 })));
  await s.submit({
    io: { lateMessageRejectionPeriod: 'PT1H', earlyMessageRejectionPeriod: 'PT30M', taskDuration: 'PT2H' },
  });
  await s.reads(2);
  assert.deepEqual(
    (await s.test.backend.rejects('clicks')).map(({ reason, detail }) => [reason, detail]),
    [
      [
        'early',
        "2026-06-01T14:30:00.001Z lies after 2026-06-01T14:30:00.000Z, the latest time that the supervisor's task takes",
      ],
      [
        'late',
        "2026-06-01T10:59:59.999Z lies before 2026-06-01T11:00:00.000Z, the earliest time that the supervisor's task takes",
      ],
    ],
  );
  // Pushes are no business of the supervisor's bounds; not after a restart either.
  await s.test.reopen();
  assert.equal((await s.test.push('clicks', [{ time: '2020-01-01', n: 1 }])).sent, 1);
});

it('lateMessageRejectionStartDateTime is a bound that stands still', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', { time: '2026-05-31T23:59:59.999Z' }, { time: '2026-06-01' });
  await s.submit({ io: { lateMessageRejectionStartDateTime: '2026-06-01T00:00Z' } });
  await s.reads(1);
  assert.equal((await s.test.backend.rejects('clicks'))[0]?.reason, 'late');
});

it('a stream that cannot be reached is tried again, and told apart from one that was lost', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 10));
  s.log.fail('Connection refused: localhost:9092');
  await s.submit();
  await s.state('UNABLE_TO_CONNECT_TO_STREAM');
  assert.equal(s.status().state, 'UNHEALTHY_SUPERVISOR');
  const [{ timestamp: _, ...error } = {}] = s.status().recentErrors as readonly Record<string, unknown>[];
  assert.deepEqual(error, {
    exceptionClass: 'unavailable',
    message: 'Connection refused: localhost:9092',
    streamException: true,
  });
  s.log.fail(undefined);
  await s.reads(10);
  await s.state('RUNNING');
  s.log.fail('Connection reset');
  await s.state('LOST_CONTACT_WITH_STREAM');
  s.log.append('clicks/0', ...events(0, 10));
  s.log.fail(undefined);
  await s.reads(20);
  await s.state('RUNNING');
});

it('a topic that is not there yet is told, and read once it is', async () => {
  await using s = await supervised(new MemoryLog());
  await s.submit();
  await s.state('UNABLE_TO_CONNECT_TO_STREAM');
  await settled(() => assert.match(String(messages(s)), /there is no topic 'clicks' yet/));
  s.log.append('clicks/0', ...events(0, 10));
  await s.reads(10);
});

it('a definition that does not fit what is stored is refused, and the supervisor before reads on', async () => {
  await using s = await supervised();
  await s.submit();
  await assert.rejects(s.submit({ schema: { metricsSpec: [{ type: 'doubleSum', name: 'n', fieldName: 'n' }] } }), {
    code: 'conflict',
  });
  s.log.append('clicks/0', ...events(0, 10));
  await s.reads(10);
  assert.equal(s.log.open, 1);
});
