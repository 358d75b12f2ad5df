/** Positions that a stream does not have, in words. */
import type { LostPosition, PartitionName } from '../../sources/stream.ts';

export function lostMessage(lost: LostPosition, id: string): string {
  return `${whatIsLost(lost)} ${howToGoOn(id)}`;
}

/** After a restart, when what the stream had instead is not known any more. */
export function stillLostMessage(partition: PartitionName, wanted: bigint, id: string): string {
  return `The stream did not have position ${wanted} of partition ${partition}. ${howToGoOn(id)}`;
}

export function movedMessage(lost: LostPosition, end: 'earliest' | 'latest'): string {
  return `${whatIsLost(lost)} It is read on from its ${end} position ${lost[end]}, as resetOffsetAutomatically says.`;
}

const howToGoOn = (id: string) =>
  `Nothing of it is skipped: the partition is not read until the supervisor's positions are reset (POST /druid/indexer/v1/supervisor/${encodeURIComponent(id)}/reset or …/resetOffsets).`;

function whatIsLost({ partition, wanted, earliest, latest }: LostPosition): string {
  const where = `Partition ${partition} is to be read on at ${wanted}, but the stream has ${earliest} to ${latest}:`;
  return wanted < earliest
    ? `${where} ${earliest - wanted} records were removed before they were read.`
    : `${where} its end was cut off, or the topic was made anew, and what stands there now is not what was read.`;
}
