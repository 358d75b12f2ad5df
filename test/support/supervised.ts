/** What tests of supervisors share: a backend that reads a log in memory, a spec, events, and waiting for what comes by itself. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedOptions } from '../../src/embedded/index.ts';
import { loadJson } from '../../src/spec/load.ts';
import { readSupervisorSpec } from '../../src/spec/supervisor.ts';
import { type Event, eternity, type TestBackend, temporaryBackend } from './backend.ts';
import { MemoryLog } from './memory-log.ts';

/** Events number `from` to `to`, one a second, each of 37 bytes. */
export function events(from: number, to: number): Event[] {
  return Array.from({ length: to - from }, (_, i) => {
    const second = String((from + i) % 60).padStart(2, '0');
    return { time: `2026-06-01T00:00:${second}Z`, n: 1 };
  });
}

export interface SpecChanges {
  readonly schema?: Event;
  readonly io?: Event;
  readonly tuning?: Event;
}

/** A spec that reads everything from the beginning, at once. */
export function kafkaSpec({ schema, io, tuning }: SpecChanges = {}): Event {
  return {
    type: 'kafka',
    spec: {
      dataSchema: {
        dataSource: 'clicks',
        timestampSpec: { column: 'time', format: 'auto' },
        dimensionsSpec: { dimensions: ['page'] },
        metricsSpec: [
          { type: 'count', name: 'events' },
          { type: 'longSum', name: 'n', fieldName: 'n' },
        ],
        granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute' },
        ...schema,
      },
      ioConfig: {
        topic: 'clicks',
        consumerProperties: { 'bootstrap.servers': 'localhost:9092' },
        inputFormat: { type: 'json' },
        startDelay: 'PT0S',
        period: 'PT0.05S',
        useEarliestOffset: true,
        ...io,
      },
      tuningConfig: { type: 'kafka', ...tuning },
    },
  };
}

/** Tries until the assertions hold; fails with what was wrong at the last try. */
export async function settled(check: () => Promise<void> | void, patienceMs = 20_000): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(10);
    }
  }
}

interface Task {
  readonly id: string;
  readonly startingOffsets: Readonly<Record<string, number>>;
  readonly currentOffsets: Readonly<Record<string, number>>;
}

export interface Payload {
  readonly state: string;
  readonly detailedState: string;
  readonly healthy: boolean;
  readonly activeTasks: readonly Task[];
  readonly publishingTasks: readonly Task[];
  readonly recentErrors: readonly { readonly message: string; readonly streamException: boolean }[];
  readonly aggregateLag: number;
}

export interface Supervised extends AsyncDisposable {
  readonly test: TestBackend;
  readonly log: MemoryLog;
  submit(changes?: SpecChanges): Promise<void>;
  status(): Payload;
  /** How many events are kept, and the sum of their `n`. */
  counted(): Promise<{ readonly events: number; readonly n: number }>;
  /** Waits until so many are kept, and nothing of the stream is left to be read. */
  reads(events: number): Promise<void>;
  state(detailedState: string): Promise<void>;
}

/** A backend whose supervisors all read the same log, of partition `clicks/0` unless it is given. */
export async function supervised(
  log = new MemoryLog('clicks/0'),
  options: Partial<EmbeddedOptions> = {},
): Promise<Supervised> {
  const test = await temporaryBackend({ openStream: () => log.stream(), ...options });
  const supervised: Supervised = {
    test,
    log,
    submit: (changes) =>
      test.backend.supervisors.submit(readSupervisorSpec(loadJson(JSON.stringify(kafkaSpec(changes))))),
    status: () =>
      test.backend.supervisors.snapshot().find(({ spec }) => spec.id === 'clicks')?.status
        .payload as unknown as Payload,
    counted: async () => {
      const [bucket] = await test.query({
        queryType: 'timeseries',
        dataSource: 'clicks',
        granularity: 'all',
        intervals: eternity,
        aggregations: [
          { type: 'longSum', name: 'events', fieldName: 'events' },
          { type: 'longSum', name: 'n', fieldName: 'n' },
        ],
      });
      return { events: bucket?.result.events ?? 0, n: bucket?.result.n ?? 0 };
    },
    reads: (events) =>
      settled(async () => {
        assert.equal((await supervised.counted()).events, events, JSON.stringify(supervised.status()));
        assert.equal(supervised.status().aggregateLag, 0);
      }),
    state: (detailedState) =>
      settled(() =>
        assert.equal(supervised.status().detailedState, detailedState, JSON.stringify(supervised.status())),
      ),
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
  return supervised;
}
