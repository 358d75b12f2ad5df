/** Which of a flow's lanes a partition of the source is mirrored by. Lasting: progress stands in the ledger of that lane. */
export function laneOf(topic: string, partition: number, lanes: number): number {
  let hash = 0;
  for (let at = 0; at < topic.length; at++) hash = (Math.imul(31, hash) + topic.charCodeAt(at)) | 0;
  // The partitions of a topic go to different lanes.
  return ((hash >>> 0) + partition) % lanes;
}
