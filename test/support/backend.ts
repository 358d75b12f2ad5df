/** An embedded backend in a temporary folder, asked through its public doors. */
import { pino } from 'pino';
import type { PushOutcome } from '../../src/backend.ts';
import { type EmbeddedBackend, type EmbeddedOptions, openEmbedded } from '../../src/embedded/index.ts';
import { createMetrics } from '../../src/observe/metrics.ts';
import { readDataSource } from '../../src/spec/data-schema.ts';
import type { Window } from '../../src/spec/data-source.ts';
import { temporaryFolder } from './engine.ts';

export type Event = Readonly<Record<string, unknown>>;

export interface TestBackend extends AsyncDisposable {
  readonly folder: string;
  readonly backend: EmbeddedBackend;
  define(dataSchema: Event, options?: { window?: Window; inputFormat?: unknown }): Promise<void>;
  push(dataSource: string, events: readonly Event[] | string, idempotencyKey?: string): Promise<PushOutcome>;
  /** The parsed answer of a native query. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
  query(query: Event): Promise<any>;
  /** The rows that SQL answers, as lists. */
  sql(query: string): Promise<unknown>;
  /** All rows as `scan` shows them, without the order of arrival. */
  rows(dataSource: string, columns: readonly string[]): Promise<unknown[][]>;
  /** Closes, and opens the folder again. */
  reopen(): Promise<void>;
}

export const eternity = '0000-01-01/9999-01-01';

export async function temporaryBackend(options: Partial<EmbeddedOptions> = {}): Promise<TestBackend> {
  const folder = await temporaryFolder();
  const open = () =>
    openEmbedded({
      dataDirectory: folder.path,
      autoCreate: true,
      metrics: createMetrics(),
      log: pino({ level: 'silent' }),
      ...options,
    });
  let backend = await open();
  const test: TestBackend = {
    folder: folder.path,
    get backend() {
      return backend;
    },
    define: (dataSchema, options) => backend.define(readDataSource(dataSchema, options)),
    push: (dataSource, events, idempotencyKey) => {
      const text = typeof events === 'string' ? events : events.map((event) => JSON.stringify(event)).join('\n');
      const lines = Buffer.from(`${text}\n`);
      const count = text.split('\n').filter((line) => line.trim() !== '').length;
      return backend.push({ dataSource, format: 'json', lines, events: count, idempotencyKey });
    },
    query: async (query) => JSON.parse(await textOf(await backend.query(query))),
    sql: async (query) => JSON.parse(await textOf(await backend.sql({ query, resultFormat: 'array' }))),
    rows: async (dataSource, columns) => {
      const answer = await test.query({
        queryType: 'scan',
        dataSource,
        intervals: eternity,
        columns,
        resultFormat: 'compactedList',
      });
      const rows = answer.flatMap(({ events }: { events: unknown[][] }) => events);
      return rows.sort((a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    },
    reopen: async () => {
      await backend.close();
      backend = await open();
    },
    [Symbol.asyncDispose]: async () => {
      await backend.close();
      await folder[Symbol.asyncDispose]();
    },
  };
  return test;
}

async function textOf({ chunks }: { readonly chunks: AsyncIterable<string> }): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

/** A dataSchema with two dimensions and a sum, by the hour and the minute. */
export const pageViews = (overrides: Event = {}): Event => ({
  dataSource: 'pageviews',
  timestampSpec: { column: 'time', format: 'auto' },
  dimensionsSpec: { dimensions: ['url', 'user'] },
  metricsSpec: [
    { type: 'count', name: 'views' },
    { type: 'longSum', name: 'bytes', fieldName: 'bytes' },
  ],
  granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute' },
  ...overrides,
});
