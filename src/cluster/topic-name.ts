/** The topic that a dataSource's pushed events go through. */
import { createHash } from 'node:crypto';

const longestName = 249;
const prefix = 'millrace-';

/** `millrace-<dataSource>`. What a topic's name cannot hold becomes `_`, and a hash tells such names apart. */
export function topicOf(dataSource: string): string {
  const safe = dataSource.replace(/[^\w.-]/g, '_').slice(0, longestName - prefix.length);
  if (safe === dataSource) return prefix + safe;
  const hash = createHash('sha256').update(dataSource).digest('hex').slice(0, 8);
  return `${prefix}${safe.slice(0, longestName - prefix.length - hash.length - 1)}-${hash}`;
}
