/** How a realtime node reads a stream, here a log in memory: where it begins, what it does in trouble, and when it stops. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pino } from 'pino';
import { createMetrics, type Metrics } from '../../../src/observe/metrics.ts';
import type { StreamSource } from '../../../src/sources/firehoses/index.ts';
import { temporaryBackend } from '../../support/backend.ts';
import { MemoryLog } from '../../support/memory-log.ts';
import { realtimeSpec, realtimeSpecs } from '../../support/realtime.ts';
import { settled } from '../../support/supervised.ts';

interface Entry {
  readonly level: number;
  readonly msg: string;
}

const [warn, error] = [40, 50];

interface Reads extends AsyncDisposable {
  readonly metrics: Metrics;
  readonly entries: Entry[];
  /** The hours of all rows. */
  hours(): Promise<number[]>;
  restart(): Promise<void>;
}

/** Events of these hours. */
const at = (...hours: readonly number[]) =>
  hours.map((hour) => ({ timestamp: new Date(Date.UTC(2013, 7, 31, hour)).toISOString(), page: 'x' }));

async function reading(log: MemoryLog, source: Partial<StreamSource> = {}, now = Date.now): Promise<Reads> {
  const entries: Entry[] = [];
  const metrics = createMetrics();
  const stream: StreamSource = {
    kind: 'stream',
    name: 'kafka/g/t',
    start: 'latest',
    warnings: [],
    clips: [],
    open: async () => log.stream(),
    ...source,
  };
  const [spec] = realtimeSpecs(realtimeSpec({ tuningConfig: { rejectionPolicy: { type: 'none' } } }));
  assert.ok(spec);
  const test = await temporaryBackend({
    realtime: [{ ...spec, firehose: [stream] }],
    metrics,
    log: pino({ level: 'info' }, { write: (line: string) => entries.push(JSON.parse(line) as Entry) }),
    now,
  });
  const start = () => test.backend.realtime?.start(() => {});
  start();
  return {
    metrics,
    entries,
    hours: async () =>
      (await test.rows('wikipedia', ['__time'])).map(([time]) => new Date(time as number).getUTCHours()),
    restart: async () => {
      await test.reopen();
      start();
    },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}

const brings = (reads: Reads, ...hours: readonly number[]) =>
  settled(async () => assert.deepEqual(await reads.hours(), hours));

/** Until the positions at which it begins are stored. */
const begun = ({ metrics }: Reads) =>
  settled(async () => {
    assert.match((await metrics.exposition()).text, /millrace_stream_lag_records\{supervisor="realtime/);
  });

it('what was never read begins where the source says; then the stored position counts', async () => {
  const log = new MemoryLog('t/0');
  log.append('t/0', ...at(1));
  await using end = await reading(log);
  await using beginning = await reading(log, { start: 'earliest' });
  await brings(beginning, 1);
  await begun(end);
  log.append('t/0', ...at(2));
  await brings(beginning, 1, 2);
  await brings(end, 2);
  log.append('t/0', ...at(3));
  await end.restart();
  await brings(end, 2, 3);
});

it('a stream that has nothing yet is read from its beginning once it has', async () => {
  const log = new MemoryLog();
  await using reads = await reading(log);
  await settled(() => assert.ok(reads.entries.some(({ msg }) => msg === 'there is nothing to read yet')));
  log.append('t/0', ...at(1, 2));
  await brings(reads, 1, 2);
});

it('a partition that is added is read from its beginning', async () => {
  const log = new MemoryLog('t/0');
  await using reads = await reading(log);
  await begun(reads);
  log.append('t/1', ...at(1));
  log.append('t/0', ...at(2));
  await brings(reads, 2);
  await reads.restart();
  await brings(reads, 1, 2);
});

it('a stream that cannot be read is told of, and read on once it can', async () => {
  const log = new MemoryLog('t/0');
  log.fail('the broker is away');
  await using reads = await reading(log, { start: 'earliest' });
  await settled(() =>
    assert.ok(reads.entries.some(({ level, msg }) => level === warn && msg.includes('the broker is away'))),
  );
  log.append('t/0', ...at(1));
  log.fail(undefined);
  await brings(reads, 1);
});

const errors = ({ entries }: Reads) => entries.filter(({ level }) => level === error).map(({ msg }) => msg);

it('records that were removed before they were read are told of, and what is left is read', async () => {
  const log = new MemoryLog('t/0');
  await using reads = await reading(log);
  await begun(reads);
  log.append('t/0', ...at(1));
  await brings(reads, 1);
  log.fail('the broker is away');
  log.append('t/0', ...at(2, 3, 4));
  // Positions 1 and 2 are gone: the hours 2 and 3.
  log.removeBefore('t/0', 3n);
  log.fail(undefined);
  await brings(reads, 1, 4);
  assert.deepEqual(errors(reads), [
    'Partition t/0 is to be read on at 1, but the stream has 3 to 4: 2 records were removed before they were read. It is read on from the first one that is left, 3.',
  ]);
});

it('a topic that is made anew is told of, and begins where the source says', async () => {
  const log = new MemoryLog('t/0');
  log.append('t/0', ...at(1, 2));
  await using reads = await reading(log, { start: 'earliest' });
  await brings(reads, 1, 2);
  log.fail('the broker is away');
  log.recreate('t/0');
  log.append('t/0', ...at(3));
  log.fail(undefined);
  await brings(reads, 1, 2, 3);
  assert.deepEqual(errors(reads), [
    'Partition t/0 is to be read on at 2, but the stream has 0 to 1: it was made anew, and what stands there now is not what was read. It is read on from its earliest position 0, as its firehose says.',
  ]);
});

it('it is shut off at its time', async () => {
  let nowMs = Date.UTC(2026, 0, 1) - 200;
  const log = new MemoryLog('t/0');
  log.append('t/0', ...at(1));
  await using reads = await reading(log, { start: 'earliest', untilMs: Date.UTC(2026, 0, 1) }, () => nowMs);
  await brings(reads, 1);
  nowMs = Date.UTC(2026, 0, 1);
  await settled(() => assert.ok(reads.entries.some(({ msg }) => msg.startsWith('shut off'))));
  log.append('t/0', ...at(2));
  await reads.restart();
  await settled(() => assert.equal(reads.entries.filter(({ msg }) => msg.startsWith('shut off')).length, 2));
  assert.deepEqual(await reads.hours(), [1]);
});
