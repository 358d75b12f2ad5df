import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MillraceError } from '../../src/errors.ts';
import { openCluster } from '../../src/kafka/index.ts';
import { testPusher } from '../cluster/push/pushing.ts';
import { readToEnd } from '../kafka/fetching.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { pageViews } from '../support/backend.ts';

const broker = await KafkaBroker.start({ isKilledOften: true });
after(() => broker.stop());
const properties = { 'bootstrap.servers': broker.bootstrapServers };

const partitions = [0, 1];
const eventsInBody = 100;
const writers = 4;

interface Pushed {
  readonly urls: readonly string[];
  /** Undefined: acknowledged. */
  readonly error: MillraceError | undefined;
}

test('Kafka is away for longer than pushes wait: what was acknowledged is there once, and a refusal says what else is', async (t) => {
  await using cluster = openCluster(properties);
  await cluster.createTopic({ name: 'pushes', partitions: partitions.length, replicationFactor: 1 });
  const { define, push, pusher } = await testPusher(t, { ...properties, 'delivery.timeout.ms': 1000 });
  define('pushes', partitions.length, pageViews());
  const pushed: Pushed[] = [];
  const stop = new AbortController();
  let next = 0;
  const write = async () => {
    while (!stop.signal.aborted) {
      const body = next++;
      const urls = Array.from({ length: eventsInBody }, (_, event) => `/${body}/${event}`);
      const lines = urls.map((url) => `${JSON.stringify({ time: '2026-01-01', url })}\n`).join('');
      const error = await push('pageviews', lines).then(
        () => undefined,
        (error: MillraceError) => error,
      );
      pushed.push({ urls, error });
    }
  };
  const writing = Array.from({ length: writers }, write);
  await sleep(700);
  await broker.kill();
  await sleep(2500);
  await broker.restart();
  await sleep(1500);
  stop.abort();
  await Promise.all(writing);

  const starts = partitions.map((partition) => ({ topic: 'pushes', partition, offset: 0 }));
  const { lines } = await readToEnd(cluster, starts);
  const urls = lines.map((line) => JSON.parse(line).url as string);
  const there = new Set(urls);
  assert.equal(there.size, urls.length, 'something is there twice');
  const refused = pushed.filter(({ error }) => error !== undefined);
  assert.ok(refused.length > 0, 'nothing was refused');
  for (const one of pushed) {
    const count = one.urls.filter((url) => there.has(url)).length;
    if (one.error === undefined) {
      assert.equal(count, eventsInBody);
      continue;
    }
    assert.deepEqual([one.error.code, one.error.retryAfterSeconds], ['unavailable', 5]);
    const { written, mayBeWritten } = one.error.context as { written: number; mayBeWritten: number };
    assert.ok(written <= count && count <= written + mayBeWritten, `${count} are there: ${one.error.message}`);
  }
  assert.ok(pushed.findLast(({ error }) => error === undefined) === pushed.at(-1), 'it goes on when Kafka is back');
  assert.equal(pusher.pendingBytes, 0);
});
