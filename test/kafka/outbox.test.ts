/** What is said of a batch that is given up: who sends it again must know whether that can double events. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '../../src/errors.ts';
import { batchesOfLines } from '../../src/kafka/index.ts';
import { Outbox, type Outgoing } from '../../src/kafka/outbox.ts';

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
