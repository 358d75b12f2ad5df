/** What of a mirror's settings has no name, or no bounds, with MirrorMaker. */

/** A flow is divided into so many lanes at least: each process that is to share its work needs one. */
export const fewestLanes = 4;
/** Each lane is a partition of the ledger, a transactional id, and connections. */
export const mostLanes = 64;

/** Of Kafka Connect's workers, and of the consumers of MirrorMaker 1's time. */
export const defaultSessionTimeoutMs = 10_000;

export const defaultCommitIntervalMs = 200;
/** Less than half of the time after which brokers abort a transaction. */
export const longestCommitIntervalMs = 20_000;

export const lanesFor = (wanted: number): number => Math.min(mostLanes, Math.max(fewestLanes, wanted));
