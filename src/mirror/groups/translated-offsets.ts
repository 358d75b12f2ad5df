/** Where a group of the source is, and where it would go on on the target: for people, without a mirror that runs. */
import { notFound } from '../../errors.ts';
import { openCluster } from '../../kafka/index.ts';
import type { MirrorFlow } from '../flow-settings.ts';
import { LedgerReader } from '../ledger/ledger-reader.ts';
import { findLedgerTopic } from '../ledger/ledger-topic.ts';
import type { FlowClusters } from './groups-context.ts';
import { type TranslatedPosition, translateOffsets } from './translate-offsets.ts';

export interface GroupPosition extends Omit<TranslatedPosition, 'metadata'> {
  /** Records' offsets at the source that the group has not read. */
  readonly sourceLag: number;
  /** What it would have to read on the target. */
  readonly targetLag: number;
}

export interface WantedOffsets {
  readonly group: string;
  /** All that the group reads, by default. */
  readonly topic?: string | undefined;
}

/**
 * By topic and partition.
 * @throws MillraceError `notFound`: the flow has mirrored nothing, the group has no offsets there, or of nothing that is mirrored;
 * `unavailable` when one of the clusters does not answer.
 */
export async function translatedOffsets(flow: MirrorFlow, { group, topic }: WantedOffsets): Promise<GroupPosition[]> {
  await using source = openCluster({ ...flow.source.properties, 'isolation.level': 'read_committed' });
  await using target = openCluster({ ...flow.target.properties, 'isolation.level': 'read_committed' });
  const { clusterId: sourceId = flow.source.alias } = await source.metadata([]);
  const ledgerTopic = await findLedgerTopic(target, flow.name);
  const committed = await source.admin.groupOffsets(group);
  const wanted = topic === undefined ? committed : committed.filter((offset) => offset.topic === topic);
  const where = topic === undefined ? '' : ` in topic '${topic}'`;
  if (wanted.length === 0) {
    throw notFound(`group '${group}' has committed no offset${where} on cluster '${flow.source.alias}'`);
  }
  await using reader = await LedgerReader.open(target, ledgerTopic);
  await reader.catchUp();
  const clusters = { flow, source, sourceId, target };
  const translated = await translateOffsets(clusters, reader.ledger, new Map([[group, wanted]]));
  const positions = translated.get(group) ?? [];
  if (positions.length === 0) {
    throw notFound(`nothing is mirrored of what group '${group}' reads${where} on cluster '${flow.source.alias}'`);
  }
  // Awaited, so that the clusters are open until then.
  return await withLags(clusters, positions.toSorted(byPlace));
}

const byPlace = (a: TranslatedPosition, b: TranslatedPosition) =>
  a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1;

async function withLags(
  { source, target }: FlowClusters,
  positions: readonly TranslatedPosition[],
): Promise<GroupPosition[]> {
  const remote = positions.map(({ remoteTopic: topic, partition }) => ({ topic, partition }));
  const [ends, remoteEnds] = await Promise.all([
    source.listOffsets(positions, 'latest'),
    target.listOffsets(remote, 'latest'),
  ]);
  return positions.map(({ metadata, ...position }, at) => ({
    ...position,
    sourceLag: Math.max(0, (ends[at]?.offset ?? 0) - position.sourceOffset),
    targetLag: Math.max(0, (remoteEnds[at]?.offset ?? 0) - position.targetOffset),
  }));
}
