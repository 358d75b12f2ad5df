import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MillraceError } from '../../src/errors.ts';
import { type GroupOffset, type KafkaProperties, parseGroup, type Share } from '../../src/kafka/index.ts';
import { kafkaForTests, newTopicName } from './fetching.ts';

const { cluster, scribe } = await kafkaForTests();

/** The broker takes no shorter session. */
const quick = { 'session.timeout.ms': 6_000, 'heartbeat.interval.ms': 50, 'metadata.max.age.ms': 100 };

const names = (partitions: readonly { readonly topic: string; readonly partition: number }[]) =>
  partitions.map(({ topic, partition }) => `${topic}-${partition}`).sort();

/** A member that keeps its share, and commits these offsets when it has to give it up. */
class TestMember {
  readonly shares: string[][] = [];
  readonly committed: (readonly GroupOffset[])[] = [];
  readonly troubles: string[] = [];
  readonly ended: Promise<void>;
  share: Share | undefined;
  readonly #stop = new AbortController();

  constructor(topics: RegExp, properties: KafkaProperties, offset?: number) {
    const group = cluster.group({
      settings: parseGroup({ ...quick, ...properties }),
      topics,
      onTrouble: (error: MillraceError) => this.troubles.push(error.message),
    });
    this.ended = this.#run(group.generations(this.#stop.signal), offset);
  }

  async #run(shares: AsyncGenerator<Share>, offset: number | undefined): Promise<void> {
    for await (const share of shares) {
      this.committed.push(await share.committed());
      this.shares.push(names(share.partitions));
      this.share = share;
      if (!share.revoked.aborted)
        await new Promise((resolve) => share.revoked.addEventListener('abort', resolve, { once: true }));
      if (offset !== undefined) await share.commit(share.partitions.map((one) => ({ ...one, offset })));
    }
  }

  get lastShare(): string[] | undefined {
    return this.shares.at(-1);
  }

  stop(): Promise<void> {
    this.#stop.abort();
    return this.ended;
  }
}

async function until(condition: () => boolean, what: () => unknown): Promise<void> {
  for (let waits = 0; waits < 3000; waits++) {
    if (condition()) return;
    await sleep(10);
  }
  assert.fail(`did not come about: ${JSON.stringify(what())}`);
}

test('one member reads all; two share; offsets go from who leaves to who stays', async () => {
  const topic = newTopicName('shared');
  await scribe.createTopic(topic, 4);
  const properties = { 'group.id': topic };
  const all = [0, 1, 2, 3].map((partition) => `${topic}-${partition}`);
  const first = new TestMember(new RegExp(topic), properties, 7);
  await until(
    () => first.shares.length === 1,
    () => first.troubles,
  );
  assert.deepEqual(first.lastShare, all);
  assert.deepEqual(first.committed.flat(), []);

  const second = new TestMember(new RegExp(topic), properties, 9);
  await until(
    () => second.lastShare?.length === 2 && first.lastShare?.length === 2,
    () => [first.shares, second.shares],
  );
  assert.deepEqual([...(first.lastShare ?? []), ...(second.lastShare ?? [])].sort(), all);
  // What the first one had committed when it gave up its share.
  assert.deepEqual(
    second.committed.at(-1)?.map(({ offset }) => offset),
    [7, 7],
  );
  assert.deepEqual(names(second.committed.at(-1) ?? []), second.lastShare);

  const seconds = second.lastShare as string[];
  await second.stop();
  await until(
    () => first.lastShare?.length === 4,
    () => first.shares,
  );
  const offsets = new Map((first.committed.at(-1) ?? []).map((one) => [names([one])[0], one.offset]));
  for (const name of all) assert.equal(offsets.get(name), seconds.includes(name) ? 9 : 7, name);
  await first.stop();
});

test('topics that are created and partitions that are added are shared out, too', async () => {
  const prefix = newTopicName('growing');
  const member = new TestMember(new RegExp(`${prefix}.*`), { 'group.id': prefix });
  await until(
    () => member.shares.length === 1,
    () => member.troubles,
  );
  assert.deepEqual(member.lastShare, []);
  await scribe.createTopic(`${prefix}-a`, 1);
  await until(
    () => member.lastShare?.length === 1,
    () => member.shares,
  );
  await scribe.addPartitions(`${prefix}-a`, 3);
  await until(
    () => member.lastShare?.length === 3,
    () => member.shares,
  );
  assert.deepEqual(
    member.lastShare,
    [0, 1, 2].map((partition) => `${prefix}-a-${partition}`),
  );
  await member.stop();
});

test('who comes back under its lasting name finds its share, and others keep theirs', async () => {
  const topic = newTopicName('named');
  await scribe.createTopic(topic, 2);
  const properties = (name: string) => ({ 'group.id': topic, 'group.instance.id': name });
  const stays = new TestMember(new RegExp(topic), properties('stays'));
  const dies = new TestMember(new RegExp(topic), properties('dies'));
  await until(
    () => stays.lastShare?.length === 1 && dies.lastShare?.length === 1,
    () => [stays.shares, dies.shares],
  );
  const { length } = stays.shares;
  // As after a kill -9: nobody has said good-bye. The one before hears that somebody else has its name now.
  const hasHeard = assert.rejects(dies.ended, /'dies' \(group\.instance\.id\)/);
  const back = new TestMember(new RegExp(topic), properties('dies'));
  await until(
    () => back.shares.length > 0,
    () => back.troubles,
  );
  assert.deepEqual(back.lastShare, dies.lastShare);
  await hasHeard;
  // New partitions are shared out also after that.
  await scribe.addPartitions(topic, 4);
  await until(
    () => stays.lastShare?.length === 2 && back.lastShare?.length === 2,
    () => [stays.shares, back.shares],
  );
  assert.equal(stays.shares.length, length + 1);
  await Promise.all([stays.stop(), back.stop()]);
});

test('a share that the group has taken away takes no offsets any more', async () => {
  const topic = newTopicName('taken');
  await scribe.createTopic(topic, 1);
  const member = new TestMember(new RegExp(topic), { 'group.id': topic });
  await until(
    () => member.share !== undefined,
    () => member.troubles,
  );
  const { share } = member;
  await member.stop();
  await assert.rejects(async () => share?.commit([{ topic, partition: 0, offset: 3 }]), { code: 'conflict' });
});

test('properties', () => {
  assert.deepEqual(parseGroup({ 'group.id': 'g', 'session.timeout.ms': '1500' }), {
    groupId: 'g',
    instanceId: null,
    sessionTimeoutMs: 1500,
    heartbeatIntervalMs: 500,
    rebalanceTimeoutMs: 60_000,
    metadataMaxAgeMs: 5000,
  });
  assert.throws(() => parseGroup({}), /'group\.id' is missing/);
  assert.throws(
    () => parseGroup({ 'group.id': 'g', 'session.timeout.ms': 'long' }),
    /'session\.timeout\.ms' is 'long'/,
  );
});
