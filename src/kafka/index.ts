/** Kafka's wire: see README.md. */
export type { Assignment, Position } from './assignment.ts';
export { type Cluster, openCluster } from './cluster.ts';
export { type Codec, codecs } from './compression.ts';
export type { FetchSettings } from './config.ts';
export type { RecordColumns } from './describe.ts';
export { type BatchOptions, type BatchRecord, encodeBatch } from './encode-batch.ts';
export type { Fetched, PartitionProblem, PartitionValues, ProblemReason } from './fetched.ts';
export type { Fetcher } from './fetcher.ts';
export type { ConsumerGroup } from './group.ts';
export { type GroupSettings, parseGroup } from './group-config.ts';
export type { GroupOffset } from './group-requests.ts';
export type { Share } from './group-share.ts';
export type { TextEncoding } from './json-bytes.ts';
export type { OffsetTime } from './list-offsets.ts';
export type { ClusterMetadata, PartitionMetadata, TopicMetadata, TopicPartition } from './metadata.ts';
export type { KafkaProperties } from './properties.ts';
export { brokerError, errorCodes } from './protocol-errors.ts';
export { Signal } from './signal.ts';
