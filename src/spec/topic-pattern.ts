/** Patterns of topics' names, as Java's regular expressions write them. */

/**
 * The expression that a whole name has to match.
 * @throws SyntaxError for one that JavaScript has not, such as a possessive quantifier.
 */
export function wholeName(pattern: string): RegExp {
  // Java's flags for all that follows; JavaScript has them for a group only.
  const [, flags, rest] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [undefined, undefined, pattern];
  return new RegExp(flags === undefined ? `^(?:${rest})$` : `^(?${flags}:${rest})$`);
}

/** What is wrong with a pattern; undefined when nothing is. */
export function patternProblem(pattern: string): string | undefined {
  try {
    wholeName(pattern);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '');
  }
}
