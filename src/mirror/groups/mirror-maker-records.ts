/**
 * Checkpoints and heartbeats as MirrorMaker 2 writes them, so that `RemoteClusterUtils` of its client reads them.
 * https://kafka.apache.org/documentation/#georeplication, KIP-382
 *
 *     CheckpointKey => group topic partition                      Checkpoint => version upstreamOffset offset metadata
 *       group, topic, metadata => STRING                            version => INT16  0
 *       partition => INT32                                          upstreamOffset, offset => INT64
 *
 *     HeartbeatKey => sourceClusterAlias targetClusterAlias       Heartbeat => version timestamp
 *       both => STRING                                              timestamp => INT64  milliseconds since 1970
 */
import type { BatchRecord } from '../../kafka/index.ts';

export interface Checkpoint {
  readonly groupId: string;
  /** As it is called on the target. */
  readonly topic: string;
  readonly partition: number;
  /** The group's, at the source. */
  readonly upstreamOffset: number;
  /** What that is on the target. */
  readonly downstreamOffset: number;
  readonly metadata: string;
}

const version = 0;

export const checkpointRecord = (checkpoint: Checkpoint): BatchRecord => ({
  key: Buffer.concat([string(checkpoint.groupId), string(checkpoint.topic), int32(checkpoint.partition)]),
  value: Buffer.concat([
    int16(version),
    int64(checkpoint.upstreamOffset),
    int64(checkpoint.downstreamOffset),
    string(checkpoint.metadata),
  ]),
});

/** @param timestamp milliseconds since 1970. */
export const heartbeatRecord = (sourceAlias: string, targetAlias: string, timestamp: number): BatchRecord => ({
  key: Buffer.concat([string(sourceAlias), string(targetAlias)]),
  value: Buffer.concat([int16(version), int64(timestamp)]),
});

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([int16(bytes.length), bytes]);
}
