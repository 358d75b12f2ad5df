/**
 * Kill -9 of millrace and of the broker while several transactional producers write, who abort at random: what millrace has in
 * the end, by key, is what was committed, no more and no less. Whose outcome no producer knows is read back by Kafka's own consumer.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from '../../src/kafka/index.ts';
import { seededRandom } from '../../src/sources/generator.ts';
import { temporaryFolder } from '../cli/support.ts';
import { KafkaBroker } from '../services/kafka/broker.ts';
import { settled } from '../support/supervised.ts';
import { type Sums, settleTransactions, sumsByKey } from './committed.ts';
import { Ledger } from './ledger.ts';
import { TransactionalWriter } from './transactional-writer.ts';

const [millraceKills, brokerKills] = [20, 10];
const [topic, partitions, writerNumbers] = ['ledger', 4, [1, 2, 3]];

/** Whoever was just killed takes a while to be back, and longer on a busy machine. */
const eventually = (check: () => Promise<void> | void) => settled(check, 90_000);

const total = (sums: Readonly<Record<string, Sums>>) =>
  Object.values(sums).reduce((events, one) => events + one.events, 0);

/** Rejects with what one of them does, but not while others are still at work. */
async function allEnded(promises: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(promises)) if (end.status === 'rejected') throw end.reason;
}

/** Each time when it has read on, or at once; what a query has shown is there after it. */
async function killMillrace(ledger: Ledger): Promise<void> {
  const random = seededRandom(1);
  for (let kill = 0; kill < millraceKills; kill++) {
    let seen = await ledger.kept();
    // Some are killed again before they have read anything.
    const enough = random() < 0.2 ? 0 : total(seen) + 1 + random() * 3000;
    await eventually(async () => {
      seen = await ledger.kept();
      assert.ok(total(seen) >= enough, JSON.stringify(await ledger.status()));
    });
    // At whatever point of a commit.
    await sleep(random() * 50);
    await ledger.kill();
    const found = await ledger.kept();
    for (const [key, { events }] of Object.entries(seen)) assert.ok(Number(found[key]?.events) >= events, key);
  }
}

/** Each time when all have written, and millrace has read on. */
async function killBroker(broker: KafkaBroker, writers: readonly TransactionalWriter[], ledger: Ledger): Promise<void> {
  const random = seededRandom(2);
  for (let kill = 0; kill < brokerKills; kill++) {
    const enough = writers.map(({ transactions }) => transactions.length + 1 + random() * 60);
    await eventually(() => {
      for (const [i, { transactions, troubles }] of writers.entries())
        assert.ok(transactions.length >= Number(enough[i]), `writer ${i} writes no more: ${troubles.at(-1)}`);
    });
    let least = Number.POSITIVE_INFINITY;
    await eventually(async () => {
      const kept = total(await ledger.kept());
      least = Math.min(least, kept);
      assert.ok(kept > least, `${kept} events are kept, and no more come`);
    });
    await broker.kill();
    await broker.restart();
  }
}

/** Waits until all that the broker has is read. */
async function readToEnd(bootstrapServers: string, ledger: Ledger): Promise<void> {
  await using cluster = openCluster({ 'bootstrap.servers': bootstrapServers });
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const ends = (await cluster.listOffsets(all, 'latest')).map(({ partition, offset }) => [partition, offset]);
  await eventually(async () => {
    const status = await ledger.status();
    const offsets = Object.assign({}, ...status.activeTasks.map(({ currentOffsets }) => currentOffsets));
    assert.deepEqual(offsets, Object.fromEntries(ends), JSON.stringify(status));
  });
}

async function open(t: TestContext, folder: string) {
  const broker = await KafkaBroker.start({ isKilledOften: true });
  t.after(() => broker.stop());
  const { bootstrapServers } = broker;
  const writers = writerNumbers.map(
    (number) => new TransactionalWriter({ bootstrapServers, topic, partitions, number }),
  );
  t.after(() => Promise.all(writers.map(({ scribe }) => scribe.stop())));
  const { scribe } = writers[0] as TransactionalWriter;
  await scribe.createTopic(topic, partitions);
  const ledger = await Ledger.open(bootstrapServers, topic, path.join(folder, 'data'));
  t.after(() => ledger.stop());
  return { broker, writers, scribe, ledger };
}

test(`millrace is killed ${millraceKills} times, the broker ${brokerKills} times: what was committed is there once`, async (t) => {
  const folder = temporaryFolder(t);
  const { broker, writers, scribe, ledger } = await open(t, folder);
  const ended = new AbortController();
  const killing = allEnded([killMillrace(ledger), killBroker(broker, writers, ledger)]);
  const writing = writers.map((writer) => writer.write(ended.signal));
  await allEnded([killing.finally(() => ended.abort()), ...writing]);

  const file = path.join(folder, 'committed');
  await scribe.readCommitted(topic, file);
  const transactions = writers.flatMap((writer) => writer.transactions);
  const committed = settleTransactions(transactions, file);
  const unknown = transactions.filter(({ outcome }) => outcome === 'unknown');
  t.diagnostic(`${committed.length} of ${transactions.length} committed; ${unknown.length} got no answer`);
  await readToEnd(broker.bootstrapServers, ledger);
  assert.deepEqual(await ledger.kept(), sumsByKey(committed));
  assert.equal(await ledger.stop(), 0);
});
