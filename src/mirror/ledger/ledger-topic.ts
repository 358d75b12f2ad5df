/**
 * A flow's ledger: a compacted topic on the target, with a partition for each lane, so that whoever has a lane has its part of the
 * ledger. How many there are is settled when it is created: processes that come later go by that, whatever their files say.
 */
import { createHash } from 'node:crypto';
import { MillraceError } from '../../errors.ts';
import type { Cluster } from '../../kafka/index.ts';
import { ensureOwnTopic, partitionsOf } from '../own-topic.ts';

/** No ledger is mirrored. */
export const ledgerPrefix = 'millrace-mirror-ledger.';

export interface LedgerTopic {
  readonly topic: string;
  readonly lanes: number;
}

const longestName = 249;

/** The name of a flow as a part of topics' names and transactional ids: what Kafka does not allow there becomes another, lasting name. */
export function safeFlowName(flow: string): string {
  const safe = flow.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  if (safe === flow && ledgerPrefix.length + safe.length <= longestName) return safe;
  return `${safe.slice(0, 100)}-${createHash('sha256').update(flow).digest('hex').slice(0, 16)}`;
}

export const ledgerTopicOf = (flow: string): string => `${ledgerPrefix}${safeFlowName(flow)}`;

/**
 * Creates it unless it is there.
 * @throws MillraceError `unavailable` when the target does not answer, or does not let it be created.
 */
export async function ensureLedgerTopic(
  target: Cluster,
  flow: { readonly name: string; readonly lanes: number; readonly ledgerReplicationFactor: number },
): Promise<LedgerTopic> {
  const topic = ledgerTopicOf(flow.name);
  const lanes = await ensureOwnTopic(target, {
    name: topic,
    partitions: flow.lanes,
    replicationFactor: flow.ledgerReplicationFactor,
    configs: { 'segment.bytes': String(16 * 2 ** 20) },
  });
  return { topic, lanes };
}

/** @throws MillraceError `notFound` when nothing was ever mirrored by such a flow. */
export async function findLedgerTopic(target: Cluster, flow: string): Promise<LedgerTopic> {
  const topic = ledgerTopicOf(flow);
  const lanes = await partitionsOf(target, topic);
  if (lanes === undefined)
    throw new MillraceError(
      'notFound',
      `the target has no topic '${topic}': the flow '${flow}' has mirrored nothing yet`,
    );
  return { topic, lanes };
}
