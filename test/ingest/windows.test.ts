/** Which events are too late or too early, by the exact rules of the rejection policies. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pageViews, temporaryBackend } from '../support/backend.ts';

const now = Date.parse('2026-06-01T12:30:00.000Z');
const tenMinutes = 600_000;
const at = (...times: string[]) => times.map((time) => ({ time: `2026-06-01T${time}Z`, url: '/', user: 'u' }));

it('serverTime, by event: exactly the period on both sides is still taken', async () => {
  await using test = await temporaryBackend({ now: () => now });
  await test.define(pageViews(), { window: { policy: 'serverTime', periodMs: tenMinutes, rule: 'event' } });
  const outcome = await test.push(
    'pageviews',
    at('12:19:59.999', '12:20:00.000', '12:30:00', '12:40:00.000', '12:40:00.001'),
  );
  assert.deepEqual(outcome, {
    received: 5,
    sent: 3,
    dropped: { late: 1, early: 1 },
    droppedEvents: [
      { event: 0, reason: 'late' },
      { event: 4, reason: 'early' },
    ],
  });
});

it("serverTime, by bucket: an event counts by its segment's bucket, as in Tranquility's source", async () => {
  await using test = await temporaryBackend({ now: () => now });
  await test.define(pageViews(), { window: { policy: 'serverTime', periodMs: 3_600_000, rule: 'bucket' } });
  // now − W = 11:30 is in the bucket of 11:00; now + W = 13:30 in that of 13:00.
  const outcome = await test.push('pageviews', at('10:59:59.999', '11:00:00', '13:59:59.999', '14:00:00'));
  assert.deepEqual(outcome.droppedEvents, [
    { event: 0, reason: 'late' },
    { event: 3, reason: 'early' },
  ]);
});

it('messageTime: each event moves the window first, the future is always taken, and the clock outlives the process', async () => {
  await using test = await temporaryBackend({ now: () => now });
  await test.define(pageViews(), { window: { policy: 'messageTime', periodMs: tenMinutes, rule: 'event' } });
  // The second event moves the window to 08:50; the third lies before it, the fourth on its edge.
  const first = await test.push('pageviews', at('08:00:00', '09:00:00', '08:49:59.999', '08:50:00'));
  assert.deepEqual(first.droppedEvents, [{ event: 2, reason: 'late' }]);
  await test.reopen();
  const second = await test.push('pageviews', at('08:49:59.999', '23:00:00', '22:49:00'));
  assert.deepEqual(second.droppedEvents, [
    { event: 0, reason: 'late' },
    { event: 2, reason: 'late' },
  ]);
});

it('none: all is taken', async () => {
  await using test = await temporaryBackend({ now: () => now });
  await test.define(pageViews());
  const events = [{ time: '1970-01-01T00:00:00Z' }, { time: '2999-01-01T00:00:00Z' }];
  assert.deepEqual((await test.push('pageviews', events)).dropped, {});
});

it('rejects can be read back with their reasons, the newest first, also after a restart', async () => {
  await using test = await temporaryBackend({ now: () => now });
  await test.define(pageViews(), { window: { policy: 'serverTime', periodMs: tenMinutes, rule: 'event' } });
  await test.push('pageviews', [...at('12:00:00'), { url: '/no-time' }, { time: 'yesterday', url: '/bad-time' }]);
  await test.reopen();
  const rejects = await test.backend.rejects('pageviews');
  assert.deepEqual(
    rejects.map(({ reason }) => reason),
    ['unparseable', 'unparseable', 'late'],
  );
  assert.deepEqual(rejects[1], {
    rejectedAt: '2026-06-01T12:30:00.000Z',
    reason: 'unparseable',
    detail: "the event has no timestamp in 'time'",
    event: '{"url":"/no-time"}',
  });
  assert.match(rejects[0]?.detail ?? '', /'yesterday' in 'time'/);
  assert.match(rejects[2]?.detail ?? '', /before/);
});

it('no more than 1,000 rejects are kept, whatever comes', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews());
  for (let round = 0; round < 3; round++)
    await test.push(
      'pageviews',
      Array.from({ length: 700 }, (_, i) => ({ url: `/${round}/${i}` })),
    );
  const rejects = await test.backend.rejects('pageviews');
  assert.equal(rejects.length, 1000);
  assert.equal(rejects[0]?.event, '{"url":"/2/699"}');
});
