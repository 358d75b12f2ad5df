import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MirrorFlow } from '../../../src/mirror/flow-settings.ts';
import { plainNames } from '../../../src/mirror/settings/replication-policy.ts';
import { eventually, flowOf, TestCluster, Watching } from './watching.ts';

const [a, b] = await Promise.all([TestCluster.start(), TestCluster.start()]);

const plainly = (source: string, target: string, include: RegExp, more: Partial<MirrorFlow> = {}) =>
  flowOf(source, target, include, { policy: plainNames(source), ...more });

/** Names of the topics that are mirrored now. */
async function mirroredBy(watching: Watching): Promise<string[]> {
  return (await watching.until(() => true)).map(({ topic }) => topic);
}

const kindsOf = (watching: Watching) =>
  Object.fromEntries(watching.watch.problems.map(({ topic, kind }) => [topic, kind]));

test('a topic that was created again is not merged with what was mirrored, also by who comes later', async () => {
  await a.scribe.createTopic('again', 1);
  const flow = flowOf('a', 'b', /^again$/);
  await using watching = new Watching(flow, a, b);
  const [before] = await watching.until(({ length }) => length === 1);
  await a.scribe.deleteTopic('again');
  await watching.until(({ length }) => length === 0);
  await a.scribe.createTopic('again', 3);
  await eventually('that it is noticed', () => kindsOf(watching).again === 'recreated');
  const [problem] = watching.watch.problems;
  assert.match(problem?.error.message ?? '', /'again' of a was deleted and created again; .* delete 'a\.again' there/);
  {
    await using later = new Watching(flow, a, b);
    assert.deepEqual(await mirroredBy(later), []);
    assert.deepEqual(kindsOf(later), { again: 'recreated' });
  }
  // It is left as it was.
  assert.equal(await b.partitionsOf('a.again'), 1);

  await b.scribe.deleteTopic('a.again');
  const [after] = await watching.until(({ length }) => length === 1);
  assert.equal(after?.partitions, 3);
  assert.notEqual(after?.topicId, before?.topicId);
  assert.notEqual(after?.remoteTopicId, before?.remoteTopicId);
  assert.deepEqual(watching.watch.problems, []);
});

test('with the same names on both sides, each flow brings what the other one does not', async () => {
  await a.scribe.createTopic('plain-of-a', 1);
  await b.scribe.createTopic('plain-of-b', 1);
  await using toB = new Watching(plainly('a', 'b', /^plain-.*/, { name: 'plain-to-b' }), a, b);
  await using toA = new Watching(plainly('b', 'a', /^plain-.*/, { name: 'plain-to-a' }), b, a);
  await eventually('that both sides have both', () => toB.watch.problems.length + toA.watch.problems.length === 2);
  assert.deepEqual([await mirroredBy(toB), await mirroredBy(toA)], [['plain-of-a'], ['plain-of-b']]);
  assert.deepEqual([kindsOf(toB), kindsOf(toA)], [{ 'plain-of-b': 'loop' }, { 'plain-of-a': 'loop' }]);
  assert.match(
    toA.watch.problems[0]?.error.message ?? '',
    /'plain-of-a' of b were on a before.*'millrace-mirror-topics\.plain-to-b'.*delete '.*' on b/,
  );
});

test('of two flows that begin at once with topics that both sides have, one gets each topic', async () => {
  const topics = ['both-1', 'both-2', 'both-3'];
  for (const topic of topics) for (const { scribe } of [a, b]) await scribe.createTopic(topic, 1);
  await using toB = new Watching(plainly('a', 'b', /^both-.*/, { name: 'both-to-b' }), a, b);
  await using toA = new Watching(plainly('b', 'a', /^both-.*/, { name: 'both-to-a' }), b, a);
  const all = async () => [...(await mirroredBy(toB)), ...(await mirroredBy(toA))].sort();
  await eventually('that each has one', async () => (await all()).length >= topics.length);
  assert.deepEqual(await all(), topics);
});

test('a topic does not come back by another name, whatever the clusters are called', async () => {
  await a.scribe.createTopic('named', 1);
  await using toB = new Watching(flowOf('a', 'b', /^named$/, { name: 'named-to-b' }), a, b);
  await toB.until(({ length }) => length === 1);
  const back = flowOf('here', 'there', /^.*\.named$/, { name: 'named-to-a' });
  await using toA = new Watching(back, b, a);
  await eventually('that it is noticed', () => kindsOf(toA)['a.named'] === 'loop');
  assert.deepEqual(await mirroredBy(toA), []);
  assert.ok(!(await a.topicNames()).includes('here.a.named'));
});

test('who gives up a mirror can turn it round', async () => {
  await a.scribe.createTopic('turned', 1);
  {
    await using toB = new Watching(plainly('a', 'b', /^turned$/, { name: 'turned-to-b' }), a, b);
    await toB.until(({ length }) => length === 1);
  }
  await using toA = new Watching(plainly('b', 'a', /^turned$/, { name: 'turned-to-a' }), b, a);
  await eventually('that it is noticed', () => kindsOf(toA).turned === 'loop');
  await b.scribe.deleteTopic('millrace-mirror-topics.turned-to-b');
  await toA.until(({ length }) => length === 1);
});

test('within one cluster, a topic does not become its own', async () => {
  await a.scribe.createTopic('self', 1);
  await using plainWatch = new Watching(plainly('a', 'a2', /^self$/, { name: 'self-plain' }), a, a);
  await eventually('that it is noticed', () => kindsOf(plainWatch).self === 'loop');
  await using prefixedWatch = new Watching(flowOf('a', 'a2', /^.*self$/, { name: 'self-prefixed' }), a, a);
  await eventually('that the copy is not copied', () => kindsOf(prefixedWatch)['a.self'] === 'loop');
  assert.deepEqual(await mirroredBy(prefixedWatch), ['self']);
});

test('a topic does not come back over a third cluster either', async () => {
  const c = await TestCluster.start();
  await a.scribe.createTopic('round', 1);
  await using toB = new Watching(plainly('a', 'b', /^round$/, { name: 'round-to-b' }), a, b);
  await toB.until(({ length }) => length === 1);
  await using toC = new Watching(plainly('b', 'c', /^round$/, { name: 'round-to-c' }), b, c);
  await toC.until(({ length }) => length === 1);
  await using toA = new Watching(plainly('c', 'a', /^round$/, { name: 'round-to-a' }), c, a);
  await eventually('that it is noticed', () => kindsOf(toA).round === 'loop');
  assert.deepEqual(await mirroredBy(toA), []);
  assert.deepEqual([kindsOf(toB), kindsOf(toC)], [{}, {}]);
});
