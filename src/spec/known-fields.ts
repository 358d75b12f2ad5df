/** Fields of configurations of which nothing, or little, has a meaning here, so that `check` can tell them from misspelt ones. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const tuningConfigFields = words(`
  type windowPeriod rejectionPolicy maxRowsInMemory maxBytesInMemory skipBytesInMemoryOverheadCheck maxRowsPerSegment maxTotalRows
  intermediatePersistPeriod intermediateHandoffPeriod maxPendingPersists basePersistDirectory versioningPolicy shardSpec
  indexSpec indexSpecForIntermediatePersists buildV9Directly reportParseExceptions handoffConditionTimeout alertTimeout
  resetOffsetAutomatically segmentWriteOutMediumFactory workerThreads chatThreads chatRetries httpTimeout shutdownTimeout
  offsetFetchPeriod logParseExceptions maxParseExceptions maxSavedParseExceptions persistThreadPriority mergeThreadPriority
  numPersistThreads maxColumnsToMerge releaseLocksOnHandoff dedupColumn appendableIndexSpec`);

export const ioConfigFields = words(`
  type topic topicPattern inputFormat consumerProperties taskCount replicas taskDuration startDelay period useEarliestOffset
  completionTimeout pollTimeout lateMessageRejectionPeriod lateMessageRejectionStartDateTime earlyMessageRejectionPeriod
  autoScalerConfig idleConfig stopTaskCount stopTaskCountRatio configOverrides kafkaHeaderBasedFilterConfig emitTimeLagMetrics
  firehose plumber firehoseV2 serverPriorityToReplicas`);

export const supervisorFields = words(`type id spec suspended context dataSchema ioConfig tuningConfig`);

/** The parts of a realtime spec from before there was a dataSchema, firehose aside. */
export const oldRealtimeFields: Readonly<Record<string, readonly string[]>> = {
  schema: words('dataSource aggregators indexGranularity shardSpec'),
  config: words('maxRowsInMemory intermediatePersistPeriod'),
  plumber: ['segmentGranularity', 'rejectionPolicyFactory', ...tuningConfigFields],
};
