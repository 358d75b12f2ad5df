/** Names of dataSources as names of files and folders. */
import { createHash } from 'node:crypto';

/** File systems take 255 bytes; a suffix must fit, too. */
const maxLength = 180;

/** The name in percent encoding; a long one is cut, with a hash that keeps it apart from others that begin alike. */
export function fileName(name: string): string {
  const encoded = encodeURIComponent(name);
  if (encoded.length <= maxLength) return encoded;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${encoded.slice(0, maxLength - hash.length - 1)}~${hash}`;
}
