/** What becomes of positions that a supervisor's stream does not have. */
import type { PartitionName } from '../../sources/stream.ts';
import type { SupervisorSpec } from '../../spec/supervisor.ts';
import type { AfterLoss } from '../lost-positions.ts';

/** https://druid.apache.org/docs/latest/ingestion/kafka-ingestion#tuning-configuration */
export function afterLoss({ id, ioConfig, tuningConfig }: SupervisorSpec): AfterLoss {
  if (!tuningConfig.resetOffsetAutomatically) return { end: undefined, advice: howToGoOn(id) };
  const end = ioConfig.useEarliestOffset ? 'earliest' : 'latest';
  return { end, setting: 'resetOffsetAutomatically', skipsTheRest: true };
}

/** After a restart, when what the stream had instead is not known any more. */
export function stillLostMessage(partition: PartitionName, wanted: bigint, id: string): string {
  return `The stream did not have position ${wanted} of partition ${partition}. Nothing of it is skipped: ${howToGoOn(id)}`;
}

const howToGoOn = (id: string) =>
  `the partition is not read until the supervisor's positions are reset (POST /druid/indexer/v1/supervisor/${encodeURIComponent(id)}/reset or …/resetOffsets).`;
