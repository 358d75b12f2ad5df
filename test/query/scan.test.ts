import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pageViews, temporaryBackend } from '../support/backend.ts';
import { march, pages } from './pages.ts';
import { queryHarness, type Row, tableOf } from './support.ts';

const exact = tableOf({
  dataSource: 'exact',
  dimensions: { text: 'STRING' },
  metrics: { long: 'LONG', float: 'FLOAT', double: 'DOUBLE' },
  rows: [
    { text: 'a"\\\n\u0001é😀', long: '9223372036854775807', float: '0.1', double: '1e300' },
    { text: '', long: '-9007199254740993', float: 'Infinity', double: 'NaN' },
    { text: null, long: null, float: '16777216', double: '-0.0' },
  ],
});

describe('scan', () => {
  const { ask, askText } = queryHarness(pages, exact);
  const query = (more: Row) => ({ queryType: 'scan', dataSource: 'pages', intervals: march, ...more });
  const ms = (time: string) => Date.parse(`2018-03-${time}Z`);

  it('lists rows with all columns, several values as a list and one alone plain', async () => {
    assert.deepEqual(await ask(query({ limit: 2 })), [
      {
        segmentId: null,
        columns: ['__time', 'url', 'user', 'tags', 'status', 'count', 'latency'],
        events: [
          { __time: ms('06T01:10'), url: '/a', user: 'bob', tags: ['x', 'y'], status: 200, count: 2, latency: 1.5 },
          { __time: ms('06T01:20'), url: '/b', user: 'alice', tags: 'x', status: 404, count: 1, latency: 3 },
        ],
        rowSignature: [
          { name: '__time', type: 'LONG' },
          { name: 'url', type: 'STRING' },
          { name: 'user', type: 'STRING' },
          { name: 'tags', type: 'STRING' },
          { name: 'status', type: 'LONG' },
          { name: 'count', type: 'LONG' },
          { name: 'latency', type: 'DOUBLE' },
        ],
      },
    ]);
  });

  it('a state of a last aggregator is its time and value', async () => {
    await using test = await temporaryBackend();
    const metricsSpec = [{ type: 'stringLast', name: 'last', fieldName: 'page' }];
    await test.define(pageViews({ metricsSpec }));
    await test.push('pageviews', [
      { time: '2018-03-06T01:00:07Z', user: 'bob', page: 'exit' },
      { time: '2018-03-06T01:00:05Z', user: 'bob', page: 'entry' },
    ]);
    assert.deepEqual(await test.rows('pageviews', ['user', 'last']), [
      ['bob', { lhs: Date.parse('2018-03-06T01:00:07Z'), rhs: 'exit' }],
    ]);
  });

  it('compactedList has arrays; unknown columns are null and have no type', async () => {
    const answer = await ask(query({ resultFormat: 'compactedList', columns: ['url', 'nope', 'tags'], offset: 2 }));
    assert.deepEqual(answer, [
      {
        segmentId: null,
        columns: ['url', 'nope', 'tags'],
        events: [
          ['/a', null, null],
          ['/c', null, 'y'],
        ],
        rowSignature: [{ name: 'url', type: 'STRING' }, { name: 'nope' }, { name: 'tags', type: 'STRING' }],
      },
    ]);
  });

  it('orders by time and cuts into batches', async () => {
    const more = { columns: ['url'], resultFormat: 'compactedList', order: 'descending', batchSize: 3 };
    const batches = (await ask(query(more))) as { events: unknown[] }[];
    assert.deepEqual(
      batches.map(({ events }) => events),
      [[['/c'], ['/a'], ['/b']], [['/a']]],
    );
    const orderBy = [{ columnName: '__time', order: 'ascending' }];
    const [batch] = (await ask(query({ columns: ['url'], resultFormat: 'compactedList', orderBy, limit: 1 }))) as {
      events: unknown[];
    }[];
    assert.deepEqual(batch?.events, [['/a']]);
  });

  it('orders by other columns, null first, and names a column as often as it is asked for', async () => {
    const orderBy = [
      { columnName: 'url', order: 'descending' },
      { columnName: '__time', order: 'ascending' },
    ];
    const more = { columns: ['url', 'user', 'url'], resultFormat: 'compactedList', orderBy };
    const [batch] = (await ask(query(more))) as { events: unknown[][] }[];
    assert.deepEqual(
      batch?.events.map(([url]) => url),
      ['/c', '/b', '/a', '/a'],
    );
    assert.deepEqual(batch?.events[0]?.[2], '/c');
    await assert.rejects(ask(query({ order: 'ascending', orderBy })), { message: /\$\.orderBy.*only one of the two/ });
  });

  it('a limit of 0 is none, as in Druid', async () => {
    const [batch] = (await ask(query({ limit: 0 }))) as { events: unknown[] }[];
    assert.equal(batch?.events.length, 4);
  });

  it('without rows there is no batch', async () => {
    assert.equal(await askText(query({ intervals: '2000/2001' })), '[]');
    assert.equal(await askText(query({ dataSource: 'nowhere' })), '[]');
  });

  it('filters on any of several values', async () => {
    const more = {
      filter: { type: 'selector', dimension: 'tags', value: 'y' },
      columns: ['url'],
      resultFormat: 'compactedList',
    };
    const [batch] = (await ask(query(more))) as { events: unknown[] }[];
    assert.deepEqual(batch?.events, [['/a'], ['/c']]);
  });

  it('prints every digit and escapes what JSON escapes', async () => {
    const text = await askText(
      query({
        dataSource: 'exact',
        intervals: '2000/2001',
        resultFormat: 'compactedList',
        columns: ['text', 'long', 'float', 'double'],
      }),
    );
    const events = text.slice(text.indexOf('"events":') + 9, text.indexOf(',"rowSignature"'));
    assert.equal(
      events,
      '[["a\\"\\\\\\n\\u0001é😀",9223372036854775807,0.1,1e+300],["",-9007199254740993,"Infinity","NaN"],[null,null,16777216.0,-0.0]]',
    );
  });
});
