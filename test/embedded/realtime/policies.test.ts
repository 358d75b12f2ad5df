/**
 * The rejection policies of a realtime node at their edges, and which buckets are handed off: those whose start < bucketStart(max(W,
 * clock) − W), where the clock is the server's for serverTime and the newest event's for messageTime; none for none.
 */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { it } from 'node:test';
import { type TestBackend, temporaryBackend } from '../../support/backend.ts';
import { realtimeSpec, realtimeSpecs } from '../../support/realtime.ts';
import { settled } from '../../support/supervised.ts';

const day = '2026-01-01T';
const instant = (time: string) => Date.parse(`${day}${time}Z`);

interface Node {
  readonly test: TestBackend;
  nowMs: number;
  /** Pushes events of these times; which of them were dropped, and why. */
  push(...times: readonly string[]): Promise<readonly (readonly [event: number, reason: string])[]>;
}

async function node(type: 'serverTime' | 'messageTime' | 'none', now: string): Promise<Node & AsyncDisposable> {
  const realtime = realtimeSpecs(realtimeSpec({ tuningConfig: { rejectionPolicy: { type } } }));
  const test = await temporaryBackend({ realtime, now: () => node.nowMs, quietMs: 0 });
  const node: Node & AsyncDisposable = {
    test,
    nowMs: instant(now),
    push: async (...times) => {
      const lines = times.map((time) => `{"timestamp":"${time.includes('T') ? time : `${day}${time}Z`}","page":"x"}\n`);
      const events = { lines: Buffer.from(lines.join('')), events: lines.length };
      const outcome = await test.backend.receivers?.push('wiki', events);
      assert.equal(outcome?.received, times.length);
      return outcome.droppedEvents.map(({ event, reason }) => [event, reason]);
    },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
  return node;
}

/** The starts of the buckets that are segments in deep storage. */
const handedOff = ({ folder }: TestBackend, dataSource = 'wikipedia') =>
  globSync(`segments/${dataSource}/*/*.parquet`, { cwd: folder })
    .map((file) => file.split('/')[2]?.slice('2026-01-01T'.length, '2026-01-01T0000'.length))
    .sort();

/** The first look for closed buckets comes soon after a start. */
const handsOff = async ({ test }: Node, ...starts: readonly string[]) => {
  await test.reopen();
  await settled(() => assert.deepEqual(handedOff(test), starts));
};

it('serverTime: now − W ≤ time ≤ now + W is taken, both edges too', async () => {
  await using wikipedia = await node('serverTime', '12:30:00.000');
  const dropped = await wikipedia.push('12:19:59.999', '12:20:00.000', '12:40:00.000', '12:40:00.001');
  assert.deepEqual(dropped, [
    [0, 'late'],
    [3, 'early'],
  ]);
});

it('serverTime: a bucket is handed off once now − W is in a later one', async () => {
  await using wikipedia = await node('serverTime', '00:30:00');
  await wikipedia.push('00:30:00');
  wikipedia.nowMs = instant('01:30:00');
  await wikipedia.push('01:30:00');
  // now − W is 01:59:59.999, in the bucket of 01:00: only the one before is closed.
  wikipedia.nowMs = instant('02:09:59.999');
  await handsOff(wikipedia, '0000');
  // 02:00:00.000
  wikipedia.nowMs = instant('02:10:00.000');
  await handsOff(wikipedia, '0000', '0100');
});

it('messageTime: time ≥ newest − W is taken, the event itself counted in; the future always', async () => {
  await using wikipedia = await node('messageTime', '23:59:59');
  // 00:40 moves the window to 00:30; the year 2100 moves it far away.
  const dropped = await wikipedia.push('00:40:00', '00:29:59.999', '00:30:00.000', '2100-01-01T00:00:00Z', '00:40:00');
  assert.deepEqual(dropped, [
    [1, 'late'],
    [4, 'late'],
  ]);
});

it('messageTime: a bucket is handed off once newest − W is in a later one, whatever the time is', async () => {
  await using wikipedia = await node('messageTime', '23:59:59');
  await wikipedia.push('00:30:00', '01:30:00', '02:09:59.999');
  await handsOff(wikipedia, '0000');
  await wikipedia.push('02:10:00.000');
  await handsOff(wikipedia, '0000', '0100');
});

it('none: everything is taken, and nothing is handed off, while others of no window are once they are quiet', async () => {
  await using wikipedia = await node('none', '12:00:00');
  assert.deepEqual(await wikipedia.push('1970-01-01T00:00:00Z', '00:30:00', '2100-01-01T00:00:00Z'), []);
  // Looked at after the other one.
  await wikipedia.test.push('zebra', [{ time: '2025-12-31T00:30:00Z' }]);
  await settled(() => assert.deepEqual(handedOff(wikipedia.test, 'zebra'), ['0000']));
  assert.deepEqual(handedOff(wikipedia.test), []);
});
