/** Judged bodies → record batches → Kafka; and what to say of those that did not get there as a whole. */
import { asMillraceError, MillraceError } from '../../errors.ts';
import type { Body } from '../../ingest/body.ts';
import { batchesOfLines, type LineBatch, type Producer } from '../../kafka/index.ts';
import { startsOf } from './judge.ts';

export interface Delivered {
  readonly bodies: readonly Body[];
  /** Of each event through all bodies: its partition, or -1 where it is not kept. Undefined: all go to 0. */
  readonly partitions: Int32Array | undefined;
}

type BatchState = 'written' | 'uncertain' | 'unwritten';

interface SentBatch extends LineBatch {
  readonly state: BatchState;
  readonly error: MillraceError | undefined;
}

/** Settles when all batches are written or given up; an error for each body that is not in Kafka as a whole. */
export async function deliver(
  producer: Producer,
  topic: string,
  { bodies, partitions }: Delivered,
  timeoutMs: number,
): Promise<ReadonlyMap<number, MillraceError>> {
  const { codec, batchBytes } = producer.settings;
  const lines = bodies.map((body) => body.lines);
  const batches = batchesOfLines({ bodies: lines, partitions, codec, batchBytes, timestamp: Date.now() });
  const sent = await Promise.all(
    batches.map(async (batch): Promise<SentBatch> => {
      try {
        await producer.send(topic, batch.partition, batch.bytes, timeoutMs);
        return { ...batch, state: 'written', error: undefined };
      } catch (thrown) {
        const error = asMillraceError(thrown);
        return { ...batch, state: error.context.mayBeWritten === true ? 'uncertain' : 'unwritten', error };
      }
    }),
  );
  if (sent.every(({ state }) => state === 'written')) return new Map();
  return failuresOf(bodies, partitions, sent);
}

function failuresOf(
  bodies: readonly Body[],
  partitions: Int32Array | undefined,
  sent: readonly SentBatch[],
): ReadonlyMap<number, MillraceError> {
  const failures = new Map<number, MillraceError>();
  const byPartition = Map.groupBy(sent, ({ partition }) => partition);
  for (const [body, start] of startsOf(bodies).entries()) {
    const events: Record<BatchState, number> = { written: 0, uncertain: 0, unwritten: 0 };
    let error: MillraceError | undefined;
    const end = start + (bodies[body]?.events ?? 0);
    for (let event = start; event < end; event++) {
      const partition = partitions === undefined ? 0 : (partitions[event] as number);
      const batch = byPartition.get(partition)?.find(({ lastLine }) => event <= lastLine);
      if (batch === undefined) continue;
      events[batch.state]++;
      error ??= batch.error;
    }
    if (error !== undefined) failures.set(body, failure(error, events));
  }
  return failures;
}

/** Honest about what a retry would double. */
function failure(error: MillraceError, { written, uncertain }: Readonly<Record<BatchState, number>>): MillraceError {
  const partly = `${written} of the body's events are in Kafka already, and ${uncertain} may be: to send it again doubles those.`;
  const state = written + uncertain === 0 ? 'Nothing of the body was written.' : partly;
  const { retryAfterSeconds = 5 } = error;
  return new MillraceError(error.code, `${error.message} ${state}`, {
    cause: error,
    ...(error.status === 503 && { retryAfterSeconds }),
    context: { ...error.context, written, mayBeWritten: uncertain },
  });
}
