/** Text bodies that begin with lines that are no events. https://druid.apache.org/docs/latest/ingestion/data-formats#csv */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { textLines } from '../../src/sources/push-body.ts';
import { type Event, pageViews, type TestBackend, temporaryBackend } from '../support/backend.ts';

const time = '2026-06-01T12:00:00Z';
const at = Date.parse(time);

const push = (test: TestBackend, text: string, dataSource = 'pageviews') =>
  test.backend.push({ dataSource, format: 'text', ...textLines(Buffer.from(text)) });

const define = (test: TestBackend, inputFormat: Event, overrides: Event = {}) =>
  test.define(pageViews(overrides), { inputFormat });

it('the first line names the columns of its body, in any order, with quotes, and is no event', async () => {
  await using test = await temporaryBackend();
  await define(test, { type: 'csv', findColumnsFromHeader: true });
  const outcome = await push(test, `url,time,bytes\r\n/a,${time},5\r\n"/b,c",${time},7\r\n`);
  assert.deepEqual([outcome.received, outcome.sent], [2, 2]);
  await push(test, `\n"bytes","us""er","time","user"\n11,x,${time},bob`);
  assert.deepEqual(await test.rows('pageviews', ['__time', 'url', 'user', 'bytes']), [
    [at, '/a', null, 5],
    [at, '/b,c', null, 7],
    [at, null, 'bob', 11],
  ]);
});

it('bodies with different headers share a commit, and each keeps its own', async () => {
  await using test = await temporaryBackend();
  await define(test, { type: 'tsv', hasHeaderRow: 'true' });
  const bodies = [`time\turl\n${time}\t/a`, `url\ttime\n/b\t${time}`, `time\turl\n${time}\t/c`, 'time\turl\n'];
  const outcomes = await Promise.all(bodies.map((body) => push(test, body)));
  assert.deepEqual(
    outcomes.map(({ received, sent }) => [received, sent]),
    [
      [1, 1],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  );
  assert.deepEqual(await test.rows('pageviews', ['url']), [['/a'], ['/b'], ['/c']]);
});

it('skipHeaderRows are lines of any kind before the names, or before the events', async () => {
  await using test = await temporaryBackend();
  await define(test, { type: 'csv', skipHeaderRows: 2, findColumnsFromHeader: true });
  const named = await push(test, `# exported today\n\ntime,url\n${time},/a\nbad,/b\n`);
  assert.deepEqual(named, {
    received: 2,
    sent: 1,
    dropped: { unparseable: 1 },
    droppedEvents: [{ event: 1, reason: 'unparseable' }],
  });
  await define(test, { type: 'csv', skipHeaderRows: '1', columns: ['time', 'url'] }, { dataSource: 'other' });
  assert.equal((await push(test, `time,url\n${time},/c`, 'other')).received, 1);
  assert.equal((await push(test, 'time,url', 'other')).received, 0);
  assert.deepEqual(await test.rows('pageviews', ['url']), [['/a']]);
  assert.deepEqual(await test.rows('other', ['url']), [['/c']]);
});

it("with discovery the header's names are the dimensions, those of later bodies too, after a restart too", async () => {
  await using test = await temporaryBackend();
  await define(test, { type: 'csv', findColumnsFromHeader: true }, { dimensionsSpec: { dimensionExclusions: ['no'] } });
  await push(test, `time,url,no,bytes,\n${time},/a,x,5,y`);
  await test.reopen();
  await push(test, `time,URL,city\n${time},/b,Oslo`);
  assert.deepEqual(await test.backend.describe('pageviews'), {
    dimensions: ['url', 'URL', 'city'],
    metrics: ['views', 'bytes'],
  });
  assert.deepEqual(await test.rows('pageviews', ['url', 'URL', 'city', 'bytes']), [
    ['/a', null, null, 5],
    [null, '/b', 'Oslo', null],
  ]);
});

it('a header that says a name twice, holds an open quote or is huge is refused; one without a time brings nothing', async () => {
  await using test = await temporaryBackend();
  await define(test, { type: 'csv', findColumnsFromHeader: true });
  const refused: [string, RegExp][] = [
    ['time,url,time', /'time' twice/],
    ['time,"url', /quote that is not closed/],
    ['time,"url"x', /quote that is not closed/],
    [`time,${'x'.repeat(2 ** 20)}`, /longer than/],
  ];
  for (const [header, message] of refused)
    await assert.rejects(push(test, `${header}\n${time},/a`), { code: 'invalidInput', message });
  assert.deepEqual((await push(test, `url\n/a`)).dropped, { unparseable: 1 });
  const many = Array.from({ length: 5000 }, (_, i) => `c${i}`).join();
  await define(test, { type: 'csv', findColumnsFromHeader: true }, { dataSource: 'wide', dimensionsSpec: {} });
  assert.equal((await push(test, `time,${many}\n${time},1`, 'wide')).sent, 1);
  assert.equal((await push(test, `time,${many}\n${time},1`, 'wide')).sent, 1);
});
