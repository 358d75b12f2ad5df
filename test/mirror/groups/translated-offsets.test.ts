import assert from 'node:assert/strict';
import { test } from 'node:test';
import { translatedOffsets } from '../../../src/mirror/groups/translated-offsets.ts';
import { kafkaForTests } from '../../kafka/fetching.ts';
import { MirroredTopic } from './mirrored-topic.ts';

const kafka = await kafkaForTests();

test('where a group is at the source and on the target, what it has not read there, and whether that is all', async () => {
  const { topic, remoteTopic, ...mirrored } = await mirroredTopic();
  assert.deepEqual(await translatedOffsets(mirrored.flow, { group: topic, topic }), [
    {
      topic,
      partition: 0,
      sourceOffset: 35,
      sourceLag: 65,
      remoteTopic,
      targetOffset: 31,
      targetLag: 69,
      isExact: true,
    },
    {
      topic,
      partition: 1,
      sourceOffset: 99,
      sourceLag: 1,
      remoteTopic,
      targetOffset: 95,
      targetLag: 5,
      isExact: false,
    },
  ]);
  // What the group reads of topics that are not mirrored has no offset on the target.
  assert.equal((await translatedOffsets(mirrored.flow, { group: topic })).length, 2);
});

test('it is said what is missing: the flow, the offsets of the group, the topic', async () => {
  const { topic, remoteTopic, flow } = await mirroredTopic();
  const unknown = { ...flow, name: 'never.begun' };
  const missing = { code: 'notFound' };
  await assert.rejects(translatedOffsets(unknown, { group: topic }), {
    ...missing,
    message: /has mirrored nothing yet/,
  });
  await assert.rejects(translatedOffsets(flow, { group: 'nobody' }), {
    ...missing,
    message: "group 'nobody' has committed no offset on cluster 'A'",
  });
  await assert.rejects(translatedOffsets(flow, { group: topic, topic: remoteTopic }), {
    ...missing,
    message: `nothing is mirrored of what group '${topic}' reads in topic '${remoteTopic}' on cluster 'A'`,
  });
});

async function mirroredTopic() {
  const mirrored = new MirroredTopic(kafka, {});
  const { topic, remoteTopic, flow } = mirrored;
  await mirrored.begin([
    [
      [0, 0, 30],
      [40, 31, 60],
    ],
    [[0, 15, 80]],
  ]);
  await mirrored.commit(topic, 35, 0);
  await mirrored.commit(topic, 99, 1);
  await kafka.cluster.admin.setGroupOffsets(topic, [{ topic: remoteTopic, partition: 0, offset: 1 }]);
  return { topic, remoteTopic, flow };
}
