import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Beginnings } from '../../../src/embedded/tranquility-kafka/beginnings.ts';
import { FlushCounts, flushedLine } from '../../../src/embedded/tranquility-kafka/flushed.ts';
import { requireAllKept } from '../../../src/embedded/tranquility-kafka/refusal.ts';

test("the line of the original's log", () => {
  const counts = new FlushCounts();
  counts.add('views', { received: 10, sent: 4, dropped: { late: 1, early: 2, unparseable: 3 } });
  counts.add('clicks', { received: 2, sent: 2, dropped: {} });
  counts.add('views', { received: 1, sent: 0, dropped: { filtered: 1 } });
  assert.equal(
    flushedLine(counts.take(), 0.4, 12.6),
    'Flushed {views={receivedCount=11, sentCount=4, droppedCount=4, unparseableCount=3}, clicks={receivedCount=2, sentCount=2, droppedCount=0, unparseableCount=0}} pending messages in 0ms and committed offsets in 13ms.',
  );
  assert.equal(counts.take().size, 0);
});

test('a batch of which not all is kept is refused as far as the file wants it', () => {
  const none = { reportDropsAsExceptions: false, reportParseExceptions: false };
  const outcome = {
    received: 5,
    sent: 1,
    dropped: { late: 1, early: 1, unparseable: 2 },
    droppedEvents: [],
    unparseable: [{ event: 'a "b', errorType: 'unparseable' as const, details: ['the line is no JSON object'] }],
  };
  requireAllKept(none, 't', outcome);
  assert.throws(() => requireAllKept({ ...none, reportParseExceptions: true }, 't', outcome), {
    code: 'runtimeFailure',
    message:
      /'t'.* 2 of 5 cannot be parsed, such as "a \\"b" \(the line is no JSON object\), and reportParseExceptions/,
  });
  assert.throws(() => requireAllKept({ ...none, reportDropsAsExceptions: true }, 't', outcome), {
    message: /1 of 5 are too late and 1 too early, and reportDropsAsExceptions/,
  });
  const filtered = { received: 2, sent: 1, dropped: { filtered: 1 }, droppedEvents: [] };
  requireAllKept({ reportDropsAsExceptions: true, reportParseExceptions: true }, 't', filtered);
});

test('what comes later than the process is read from its beginning', () => {
  const beginnings = new Beginnings();
  beginnings.see(['a/0']);
  beginnings.see(['a/0', 'a/1']);
  assert.deepEqual([beginnings.of('a/0'), beginnings.of('a/1')], ['latest', 'earliest']);
  const asked = new Beginnings('earliest');
  asked.see(['a/0']);
  assert.equal(asked.of('a/0'), 'earliest');
});
