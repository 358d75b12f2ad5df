/** What Tranquility Kafka's file asks for, as supervisors of the overlord. */
import { unsupported } from '../errors.ts';
import type { TranquilityKafka } from '../spec/tranquility-kafka.ts';
import type { ClusterContext } from './context.ts';

/** Until the signal aborts. The supervisors go on without us. */
export async function superviseTranquilityKafka(
  _context: ClusterContext,
  _spec: TranquilityKafka,
  _signal: AbortSignal,
): Promise<void> {
  throw unsupported("Tranquility Kafka's file is not supported on a Druid cluster yet");
}
