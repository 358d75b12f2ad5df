import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { readDataSource } from '../../src/spec/data-schema.ts';
import { temporaryFolder } from '../support/engine.ts';
import { post, startServer, type TestServerOptions } from './support.ts';

const shop = readDataSource({
  dataSource: 'shop',
  timestampSpec: { column: 't', format: 'auto' },
  dimensionsSpec: {
    dimensions: [
      'tags',
      'Tags',
      { type: 'long', name: 'n' },
      { type: 'double', name: 'd' },
      { type: 'json', name: 'more' },
    ],
  },
  metricsSpec: [
    { type: 'count', name: 'count' },
    { type: 'longSum', name: 'price', fieldName: 'price' },
    { type: 'longLast', name: 'stock', fieldName: 'stock' },
    { type: 'hyperUnique', name: 'users', fieldName: 'user' },
  ],
  granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute', rollup: true },
});

const event = {
  t: '2026-01-01T00:00:01Z',
  tags: ['b', 'a'],
  Tags: 'x',
  n: 1,
  d: 'NaN',
  more: { a: [1, null] },
  user: 'u',
};
const events = [
  { ...event, price: 3, stock: 5 },
  { ...event, price: 4, stock: 9, t: '2026-01-01T00:00:02Z' },
  { t: '2026-01-01T01:00:00Z', tags: 'c', d: 2.5, price: 1, stock: null },
];

async function start(t: TestContext, options: TestServerOptions = {}) {
  const server = await startServer(t, options);
  await server.backend.define(shop);
  assert.equal((await post(`${server.url}/v1/post/shop`, JSON.stringify(events))).status, 200);
  return server;
}

test('the time chunks are listed with what they hold', async (t) => {
  const { url } = await start(t);
  const response = await fetch(`${url}/v1/segments/shop`);
  assert.deepEqual(await response.json(), [
    { interval: '2026-01-01T00:00:00.000Z/2026-01-01T01:00:00.000Z', rows: 1, liveRows: 1, version: null },
    { interval: '2026-01-01T01:00:00.000Z/2026-01-01T02:00:00.000Z', rows: 1, liveRows: 1, version: null },
  ]);
});

test('rows are handed out with all that a Druid needs to take them in again', async (t) => {
  const { url } = await start(t);
  const response = await fetch(`${url}/v1/segments/shop/2026-01-01/2026-01-02.json.zst`);
  assert.equal(response.headers.get('content-type'), 'application/zstd');
  const lines = zstdDecompressSync(Buffer.from(await response.arrayBuffer()))
    .toString()
    .trim()
    .split('\n');
  const rows = lines.map((line) => JSON.parse(line)).sort((a, b) => a.__time - b.__time);
  assert.deepEqual(rows, [
    {
      __time: Date.parse('2026-01-01T00:00:00Z'),
      tags: ['a', 'b'],
      'Tags#2': 'x',
      n: 1,
      d: 'NaN',
      more: { a: [1, null] },
      count: 2,
      price: 7,
      stock: 9,
      'stock[time]': Date.parse('2026-01-01T00:00:02Z'),
    },
    {
      __time: Date.parse('2026-01-01T01:00:00Z'),
      tags: 'c',
      'Tags#2': null,
      n: null,
      d: 2.5,
      more: null,
      count: 1,
      price: 1,
      stock: null,
      'stock[time]': Date.parse('2026-01-01T01:00:00Z'),
    },
  ]);
});

test('only the rows of the interval, and nothing stays behind', async (t) => {
  await using folder = await temporaryFolder();
  const { url } = await start(t, { dataDirectory: folder.path });
  const rowsOf = async (path: string) => {
    const bytes = Buffer.from(await (await fetch(`${url}/v1/segments/shop/${path}.json.zst`)).arrayBuffer());
    return zstdDecompressSync(bytes).toString().split('\n').length - 1;
  };
  assert.equal(await rowsOf('2026-01-01T00:00:00Z/2026-01-01T01:00:00Z'), 1);
  assert.equal(await rowsOf('2026-01-01T01:00:00Z/PT1H'), 1);
  assert.equal(await rowsOf('2027/2028'), 0);
  assert.deepEqual(await readdir(join(folder.path, 'tmp')), []);
});

test('the rest of rows that were read in part is not handed out', async (t) => {
  const { url } = await start(t);
  const statusOf = async (range: string) =>
    (await fetch(`${url}/v1/segments/shop/2026/2027.json.zst`, { headers: { range } })).status;
  assert.equal(await statusOf('bytes=10-'), 400);
  // As Druid begins.
  assert.equal(await statusOf('bytes=0-'), 200);
});

test('mistakes are answered', async (t) => {
  const { url } = await start(t);
  const get = async (path: string) => {
    const response = await fetch(`${url}/v1/segments/${path}`);
    return { status: response.status, message: ((await response.json()) as { errorMessage: string }).errorMessage };
  };
  assert.deepEqual(await get('nothing'), { status: 404, message: "there is no dataSource 'nothing' here" });
  assert.deepEqual(await get('nothing/2026/2027.json.zst'), {
    status: 404,
    message: "there is no dataSource 'nothing' here",
  });
  const expected =
    'expected an interval and the suffix .json.zst, such as 2026-01-01/2026-01-02T12:00:00.000Z.json.zst';
  assert.deepEqual(await get('shop/2026/2027'), { status: 400, message: `${expected}; got '2026/2027'` });
  assert.deepEqual(await get('shop/2026/x.json.zst'), { status: 400, message: `${expected}; got '2026/x.json.zst'` });
});
