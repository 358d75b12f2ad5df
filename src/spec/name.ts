/** The names that a dataSource may have, as Druid's IdUtils.validateId has them: they go into segment ids, paths and URLs. */

const maxNameBytes = 255;

/** Why it cannot be a dataSource's name; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'it is blank';
  if (name.startsWith('.')) return 'it begins with a dot';
  if (name.includes('/')) return 'it contains a slash';
  if (/\p{Cc}/u.test(name)) return 'it contains a control character';
  if (/[^\S ]/.test(name)) return 'it contains white space other than a space';
  if (!name.isWellFormed()) return 'it is not well-formed Unicode';
  if (Buffer.byteLength(name) > maxNameBytes) return `it is longer than ${maxNameBytes} bytes`;
  return undefined;
}
