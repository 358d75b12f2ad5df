/** A body is taken whole or not at all, and once. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pageViews, temporaryBackend } from '../support/backend.ts';

const time = '2026-06-01T12:00:00Z';
const total = async (test: Awaited<ReturnType<typeof temporaryBackend>>, dataSource = 'pageviews') =>
  (await test.rows(dataSource, ['views'])).reduce((sum, [views]) => sum + Number(views), 0);

it('a line that is no JSON object spoils its body only, also when others share the commit', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews());
  const good = [{ time, url: '/a' }];
  const results = await Promise.allSettled([
    test.push('pageviews', good),
    test.push('pageviews', `{"time":"${time}"}\n\n{"time":"${time}","url":}\n{"time":"${time}"}`),
    test.push('pageviews', good),
    test.push('pageviews', `{"time":"${time}"}\n["no","object"]`),
    test.push('pageviews', good),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.match(String((results[1] as PromiseRejectedResult).reason.message), /Malformed JSON: event 2/);
  assert.equal(await total(test), 3);
});

it('an Idempotency-Key makes a retry safe: in a row, at once, and after a restart', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews());
  const events = [{ time, url: '/a' }, { url: 'no time' }];
  const first = await test.push('pageviews', events, 'key-1');
  assert.deepEqual(first, {
    received: 2,
    sent: 1,
    dropped: { unparseable: 1 },
    droppedEvents: [{ event: 1, reason: 'unparseable' }],
  });
  assert.deepEqual(await test.push('pageviews', events, 'key-1'), first);
  await Promise.all(['key-2', 'key-2', 'key-2'].map((key) => test.push('pageviews', events, key)));
  await test.reopen();
  assert.deepEqual(await test.push('pageviews', events, 'key-1'), first);
  assert.equal(await total(test), 2);
});

it('a key belongs to its dataSource, and a refused body leaves no receipt', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews());
  await test.define(pageViews({ dataSource: 'other' }));
  await test.push('pageviews', [{ time }], 'key');
  await test.push('other', [{ time }], 'key');
  assert.equal(await total(test, 'other'), 1);
  await assert.rejects(test.push('pageviews', 'nonsense', 'key-2'));
  await test.push('pageviews', [{ time }], 'key-2');
  assert.equal(await total(test), 2);
});

it('events that name their dataSource are taken together or not at all', async () => {
  await using test = await temporaryBackend({ autoCreate: false });
  await test.define(pageViews());
  await test.define(pageViews({ dataSource: 'other' }));
  const push = (events: readonly object[]) => {
    const lines = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return test.backend.push({ dataSource: undefined, format: 'json', lines, events: events.length });
  };
  const outcome = await push([
    { dataSource: 'pageviews', time },
    { feed: 'other', time },
    { dataSource: 'other', feed: 'pageviews', url: 'no time' },
  ]);
  assert.deepEqual(
    { ...outcome, droppedEvents: [] },
    { received: 3, sent: 2, dropped: { unparseable: 1 }, droppedEvents: [] },
  );
  await assert.rejects(
    push([
      { dataSource: 'pageviews', time },
      { dataSource: 'unknown', time },
    ]),
    /No definition for dataSource 'unknown'/,
  );
  await assert.rejects(push([{ dataSource: 'pageviews', time }, { time }]), /Missing 'dataSource' or 'feed'/);
  assert.equal(await total(test), 1);
  assert.equal(await total(test, 'other'), 1);
});

it('a full queue refuses with a time to come back', async () => {
  await using test = await temporaryBackend({ maxPendingBytes: 1000 });
  await test.define(pageViews());
  const events = Array.from({ length: 20 }, (_, i) => ({ time, url: `/${i}` }));
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => test.push('pageviews', events)));
  const refused = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => [reason.code, reason.status, reason.retryAfterSeconds]);
  assert.ok(refused.length > 0);
  for (const refusal of refused) assert.deepEqual(refusal, ['bufferFull', 503, 1]);
  assert.equal(await total(test), 20 * (5 - refused.length));
});

it('an unknown dataSource is created from the first timestamp column that its events have', async () => {
  await using test = await temporaryBackend();
  await test.push('auto', [{ date: 'ignored', ts: '2026-06-01T12:00:00Z', url: '/a', n: 3 }]);
  assert.deepEqual(await test.rows('auto', ['__time', 'url', 'n']), [[Date.parse('2026-06-01T12:00:00Z'), '/a', 3]]);
  await assert.rejects(test.push('auto2', [{ url: '/a' }]), /no event has a field 'time', 'timestamp'/);
  for (const name of ['', ' ', '.x', 'a/b', 'a\tb', 'x'.repeat(256)])
    await assert.rejects(test.push(name, [{ time }]), { code: 'invalidInput' });
});

it('many dataSources created at once by pushes at once', async () => {
  await using test = await temporaryBackend();
  await Promise.all(Array.from({ length: 20 }, (_, i) => test.push(`ds-${i % 5}`, [{ time, i }])));
  assert.equal((await test.backend.dataSources()).length, 5);
  assert.deepEqual((await test.rows('ds-3', ['i'])).length, 4);
});

it('dates at the ends of the engine, absurd numbers and deep nesting are events like others, or unparseable', async () => {
  await using test = await temporaryBackend();
  await test.define(pageViews());
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const outcome = await test
    .push(
      'pageviews',
      [
        `{"time":"${time}","bytes":1e999}`,
        `{"time":"${time}","bytes":-1e18}`,
        `{"time":"${time}","bytes":123456789012345678901234567890}`,
        `{"time":"999999-01-01T00:00:00Z"}`,
        `{"time":1e300}`,
        `{"time":99999999999999999999}`,
        `{"time":"-290000000-01-01"}`,
        `{"time":{"a":1}}`,
        `{"time":"${time}","url":${deep}}`,
      ].join('\n'),
    )
    .catch((error: Error & { code: string }) => error.code);
  assert.ok(outcome === 'invalidInput' || (typeof outcome === 'object' && outcome.received === 9 && outcome.sent >= 3));
  await test.push('pageviews', [{ time, url: 'alive' }]);
});

it('a large body is taken whatever its events look like, or refused for its size; one of 8 MiB is taken', async () => {
  await using test = await temporaryBackend();
  const bodyOf = (bodyBytes: number, eventBytes: number) =>
    `{"time":"${time}","pad":"${'x'.repeat(eventBytes)}"}\n`.repeat(Math.floor(bodyBytes / (eventBytes + 100)));
  const mebibyte = 1024 * 1024;
  for (const eventBytes of [20_000, 4_000_000]) {
    await test.push(`of-8-${eventBytes}`, bodyOf(8 * mebibyte, eventBytes));
    const sent = await test.push(`of-32-${eventBytes}`, bodyOf(32 * mebibyte, eventBytes)).then(
      (outcome) => outcome.sent,
      (error: Error & { status: number }) =>
        assert.deepEqual([error.status, /at most \d+ bytes/.test(error.message)], [413, true]),
    );
    assert.notEqual(sent, 0);
  }
  assert.ok((await test.push('of-2-KB', bodyOf(31 * mebibyte, 2000))).sent > 15_000);
});
