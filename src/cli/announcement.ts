/**
 * The line that tells of a new segment, as the original's log had it: people and scripts wait for it.
 * https://github.com/apache/druid/blob/druid-0.7.0/docs/content/Tutorial:-Loading-Streaming-Data.md
 */
import { formatInstant } from '../catalog/time.ts';
import type { AnnouncedSegment } from '../embedded/realtime/announcer.ts';

/** @param address the node's, `localhost:8084`. */
export function announcement({ dataSource, startMs, endMs }: AnnouncedSegment, address: string, now: Date): string {
  const [start, end] = [formatInstant(startMs), formatInstant(endMs)];
  const at = now.toISOString();
  const logged = at.replace('.', ',').replace('Z', '');
  // The segment's version is its start, as the original's versioning policy `intervalStart` had it.
  const id = `${dataSource}_${start}_${end}_${start}`;
  return `${logged} INFO [chief-${dataSource}] io.druid.server.coordination.BatchDataSegmentAnnouncer - Announcing segment[${id}] at path[/druid/segments/${address}/${at}0]`;
}
