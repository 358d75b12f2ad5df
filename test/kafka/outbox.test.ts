/** What is said of a batch that is given up: who sends it again must know whether that can double events. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '../../src/errors.ts';
import { batchesOfLines, encodeBatch } from '../../src/kafka/index.ts';
import { Outbox } from '../../src/kafka/outbox.ts';
import type { Outgoing } from '../../src/kafka/outgoing.ts';

/** https://kafka.apache.org/protocol.html#protocol_error_codes */
const none = 0;
const messageTooLarge = 10;
const topicAuthorizationFailed = 29;

const lost = new MillraceError('unavailable', 'the connection was closed');
const forbidden = new MillraceError('forbidden', 'not this topic');

/** An outbox that knows where to send, with one batch of these lines; `why` holds why that was given up. */
function outboxWith(lines: readonly string[]) {
  const [batch] = batchesOfLines({
    bodies: [Buffer.from(`${lines.join('\n')}\n`)],
    partitions: undefined,
    codec: 'none',
    batchBytes: 10_000,
    timestamp: 0,
  });
  assert.ok(batch);
  const outbox = new Outbox('t', 0);
  const route = () => {
    outbox.leader = 1;
    outbox.identity ??= { id: 7, epoch: 0 };
  };
  const why: MillraceError[] = [];
  outbox.add(batch.bytes, {
    deadlineMs: 1,
    resolve: () => assert.fail('it was delivered'),
    reject: (error) => why.push(error),
    pieces: 1,
    baseOffset: -1,
    mayBeWritten: false,
  });
  const send = (): Outgoing => {
    route();
    const outgoing = outbox.peek();
    assert.ok(outgoing);
    outbox.sent(outgoing);
    return outgoing;
  };
  return { outbox, send, why };
}

const told = (why: readonly MillraceError[]) =>
  why.map(({ code, context }) => ({ code, mayBeWritten: context.mayBeWritten ?? false }));

test('refused at the first try: nothing of it is there', () => {
  const { outbox, send, why } = outboxWith(['{"a":1}']);
  outbox.answered(send(), topicAuthorizationFailed, -1);
  assert.deepEqual(told(why), [{ code: 'unavailable', mayBeWritten: false }]);
});

test('refused after a try that got no answer: it may be there', () => {
  const { outbox, send, why } = outboxWith(['{"a":1}']);
  outbox.unanswered(send(), lost);
  outbox.answered(send(), topicAuthorizationFailed, -1);
  assert.deepEqual(told(why), [{ code: 'unavailable', mayBeWritten: true }]);
});

test('its topic is refused while it is under way: it may be there', () => {
  const { outbox, send, why } = outboxWith(['{"a":1}']);
  send();
  outbox.refuse(forbidden);
  assert.deepEqual(told(why), [{ code: 'forbidden', mayBeWritten: true }]);
});

test('divided, and one piece is written before the other is too large alone: it may be there', () => {
  const { outbox, send, why } = outboxWith(['{"a":1}', `{"a":"${'x'.repeat(2000)}"}`]);
  outbox.answered(send(), messageTooLarge, -1);
  outbox.answered(send(), none, 0);
  outbox.answered(send(), messageTooLarge, -1);
  assert.deepEqual(told(why), [{ code: 'tooLarge', mayBeWritten: true }]);
});

test('divided, and one piece is written before the time is over: it may be there', () => {
  const { outbox, send, why } = outboxWith(['{"a":1}', '{"a":2}']);
  outbox.answered(send(), messageTooLarge, -1);
  outbox.answered(send(), none, 0);
  outbox.expire(2);
  assert.deepEqual(told(why), [{ code: 'unavailable', mayBeWritten: true }]);
});

/** An outbox with batches of one record each, of which up to ten are sent at a time; `offsets` holds where those are that were delivered. */
function deepOutbox(count: number) {
  const outbox = new Outbox('t', 0, 10);
  outbox.canRecall = true;
  const offsets: (number | undefined)[] = new Array(count).fill(undefined);
  for (let index = 0; index < count; index++) {
    const bytes = encodeBatch([{ value: Buffer.from(`${index}`) }], { timestamp: 0 });
    const resolve = (offset: number) => {
      offsets[index] = offset;
    };
    const reject = (error: MillraceError) => assert.fail(error);
    outbox.add(bytes, { deadlineMs: 1, resolve, reject, pieces: 1, baseOffset: -1, mayBeWritten: false });
  }
  /** All that may go now, by their sequence numbers, which count the batches. */
  const send = (): Outgoing[] => {
    outbox.leader = 1;
    outbox.identity ??= { id: 7, epoch: 0 };
    const sent: Outgoing[] = [];
    for (let next = outbox.peek(); next !== undefined; next = outbox.peek()) {
      outbox.sent(next);
      sent.push(next);
    }
    return sent;
  };
  return { outbox, offsets, send };
}

const sequencesOf = (sent: readonly Outgoing[]) => sent.map(({ sequence }) => sequence);

/** The first is acknowledged at offset 100, and ten behind it lose their answers. */
function tenUnanswered() {
  const { outbox, offsets, send } = deepOutbox(14);
  const [first] = send();
  outbox.answered(first as Outgoing, none, 100);
  const sent = send();
  assert.deepEqual(sequencesOf(sent), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const outgoing of sent) outbox.unanswered(outgoing, lost);
  assert.deepEqual(send(), []);
  assert.ok(outbox.mustRecall);
  return { outbox, offsets, send };
}

test('more than the broker remembers lost their answers: it is asked, and the last that it has is sent again', () => {
  const { outbox, offsets, send } = tenUnanswered();
  outbox.recalled(8);
  const again = send();
  assert.deepEqual(sequencesOf(again), [8]);
  outbox.answered(again[0] as Outgoing, none, 108);
  assert.deepEqual(offsets.slice(0, 9), [100, 101, 102, 103, 104, 105, 106, 107, 108]);
  assert.deepEqual(sequencesOf(send()), [9, 10, 11, 12, 13]);
});

test('somebody else wrote in between: where the others are is not known', () => {
  const { outbox, offsets, send } = tenUnanswered();
  outbox.recalled(8);
  outbox.answered(send()[0] as Outgoing, none, 120);
  assert.deepEqual(offsets.slice(0, 9), [100, -1, -1, -1, -1, -1, -1, -1, 120]);
});

test('the broker has none of what lost its answer: all of it is sent again, one alone at first', () => {
  const { outbox, send } = tenUnanswered();
  outbox.recalled(0);
  const again = send();
  assert.deepEqual(sequencesOf(again), [1]);
  outbox.answered(again[0] as Outgoing, none, 101);
  assert.deepEqual(sequencesOf(send()), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('the leader changes before what it has is safe: the next one is asked, too', () => {
  const { outbox, offsets, send } = tenUnanswered();
  outbox.recalled(8);
  outbox.unanswered(send()[0] as Outgoing, lost);
  assert.deepEqual(send(), []);
  assert.ok(outbox.mustRecall);
  // It has less: the other leader had not passed it on.
  outbox.recalled(2);
  const again = send();
  assert.deepEqual(sequencesOf(again), [2]);
  outbox.answered(again[0] as Outgoing, none, 102);
  assert.deepEqual(offsets.slice(0, 4), [100, 101, 102, undefined]);
  assert.deepEqual(sequencesOf(send()), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('a broker that forgot what it has, as after a restart, is asked before anything is written anew', () => {
  const { outbox, offsets, send } = deepOutbox(4);
  outbox.answered(send()[0] as Outgoing, none, 0);
  for (const outgoing of send()) outbox.unanswered(outgoing, lost);
  const outOfOrderSequence = 45;
  for (const outgoing of send()) outbox.answered(outgoing, outOfOrderSequence, -1);
  assert.ok(outbox.mustRecall);
  outbox.recalled(3);
  outbox.answered(send()[0] as Outgoing, none, 3);
  assert.deepEqual(offsets, [0, 1, 2, 3]);
});
