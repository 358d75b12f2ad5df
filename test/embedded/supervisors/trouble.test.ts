/** What goes wrong is told, stops what it must, and skips nothing in silence. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MemoryLog } from '../../support/memory-log.ts';
import { events, type Supervised, settled, supervised } from '../../support/supervised.ts';

const messages = (s: Supervised) => s.status().recentErrors.map(({ message }) => message);

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

it("a stream's trouble is over although nothing new comes, also where tasks are shorter than what shows it", async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 10));
  await s.submit({ io: { taskDuration: 'PT0.2S' } });
  await s.reads(10);
  s.log.fail('Connection reset');
  await s.state('LOST_CONTACT_WITH_STREAM');
  s.log.fail(undefined);
  await s.state('RUNNING');
});

it('a stream that is back without what was read is in touch again, but not healthy', async () => {
  await using s = await supervised();
  s.log.append('clicks/0', ...events(0, 10));
  await s.submit();
  await s.reads(10);
  s.log.fail('Connection reset');
  await s.state('LOST_CONTACT_WITH_STREAM');
  s.log.cutOff('clicks/0', 5n);
  s.log.fail(undefined);
  await s.state('UNHEALTHY_SUPERVISOR');
  await settled(() => assert.match(String(messages(s)), /at 10, but the stream has 0 to 5: its end was cut off/));
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
