/**
 * Java's regular expressions for the engine, which has RE2: linear in time, and therefore without look-around,
 * back-references, atomic groups and possessive quantifiers. https://github.com/google/re2/wiki/Syntax
 */
import { z } from 'zod';
import type { TypeIssueParams } from './define.ts';

const beyondRe2 = [
  { syntax: /\(\?<?[=!]/, name: 'look-around' },
  { syntax: /\\[1-9]|\\k</, name: 'a back-reference' },
  { syntax: /\(\?>/, name: 'an atomic group' },
  { syntax: /[*+?}]\+/, name: 'a possessive quantifier' },
];

/** A Java regular expression; its output is what the engine takes. */
export const javaRegexSchema = z.string().transform((pattern, context) => {
  // What follows a backslash, and what stands in brackets, is no syntax.
  const bare = pattern.replaceAll(/\\[^1-9k]|\[\^?\]?(?:\\.|[^\]\\])*\]/g, 'x');
  const beyond = beyondRe2.find(({ syntax }) => syntax.test(bare));
  const params: TypeIssueParams = { unsupported: true };
  const fail = (message: string, reason: TypeIssueParams = {}) => {
    context.issues.push({ code: 'custom', message, params: reason, input: pattern });
    return z.NEVER;
  };
  if (beyond) return fail(`${beyond.name} in a regular expression is not supported`, params);
  const problem = syntaxError(pattern);
  if (problem) return fail(`not a regular expression: ${problem}`);
  return pattern.replaceAll('(?<', '(?P<');
});

/** How many groups the pattern captures. */
export function groupCount(pattern: string): number {
  return (new RegExp(`${forJavaScript(pattern)}|`).exec('')?.length ?? 1) - 1;
}

/** JavaScript's syntax is near enough to find unbalanced brackets and dangling quantifiers. */
function syntaxError(pattern: string): string | undefined {
  try {
    new RegExp(forJavaScript(pattern));
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '');
  }
}

function forJavaScript(pattern: string): string {
  return pattern
    .replaceAll(/\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?\)/g, '')
    .replaceAll(/\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?:/g, '(?:')
    .replaceAll('(?P<', '(?<');
}
