/** SQL asked of a backend with two small dataSources, through the door that the server uses. */
import { after, before } from 'node:test';
import { type TestBackend, temporaryBackend } from '../../support/backend.ts';

/** Four views in two hours; `tags` holds several values in some rows. */
const views = [
  { time: '2018-05-24T09:26:12Z', url: '/foo', user: 'alice', tags: ['a', 'b'], ms: 32, score: 1.5 },
  { time: '2018-05-24T09:26:13Z', url: '/', user: 'bob', tags: 'a', ms: 11, score: 2.25 },
  { time: '2018-05-24T09:59:59Z', url: '/foo', user: '', tags: ['b', 'c'], ms: 45, score: -0.5 },
  { time: '2018-05-24T10:05:00Z', url: '/about', ms: 7, score: 4 },
];

const people = [
  { time: '2018-01-01T00:00:00Z', name: 'alice', age: 30 },
  { time: '2018-01-01T00:00:00Z', name: 'carol', age: 41 },
];

export function sqlHarness() {
  let backend: TestBackend;
  before(async () => {
    backend = await temporaryBackend();
    const shape = { timestampSpec: { column: 'time', format: 'iso' }, granularitySpec: { rollup: false } };
    await backend.define({
      ...shape,
      dataSource: 'views',
      dimensionsSpec: {
        dimensions: ['url', 'user', 'tags', { type: 'long', name: 'ms' }, { type: 'double', name: 'score' }],
      },
    });
    await backend.define({
      ...shape,
      dataSource: 'people',
      dimensionsSpec: { dimensions: ['name', { type: 'long', name: 'age' }] },
      metricsSpec: [{ type: 'hyperUnique', name: 'names', fieldName: 'name' }],
    });
    await backend.push('views', views);
    await backend.push('people', people);
  });
  after(() => backend[Symbol.asyncDispose]());
  const text = async (query: string, more: object = {}): Promise<string> => {
    let all = '';
    for await (const piece of (await backend.backend.sql({ query, ...more })).chunks) all += piece;
    return all;
  };
  return {
    text,
    /** Rows as lists. */
    rows: async (query: string, more: object = {}): Promise<unknown> =>
      JSON.parse(await text(query, { resultFormat: 'array', ...more })),
  };
}
