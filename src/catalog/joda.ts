/**
 * Date patterns as Joda-Time's DateTimeFormat has them: `yyyy-MM-dd'T'HH:mm:ss.SSSZZ`.
 * https://www.joda.org/joda-time/apidocs/org/joda/time/format/DateTimeFormat.html
 */

/** A letter repeated `count` times, or text that stands for itself. */
export type JodaToken =
  | { readonly kind: 'field'; readonly letter: JodaLetter; readonly count: number }
  | { readonly kind: 'text'; readonly text: string };

const letters = 'GCYxweEyDMdaKhHkmsSzZ';
export type JodaLetter =
  | ('G' | 'C' | 'Y' | 'x' | 'w' | 'e' | 'E' | 'y' | 'D' | 'M' | 'd')
  | ('a' | 'K' | 'h' | 'H' | 'k' | 'm' | 's' | 'S' | 'z' | 'Z');

/** The pattern's tokens, neighbouring text joined; undefined when it holds a letter that means nothing. */
export function tokenizeJoda(pattern: string): readonly JodaToken[] | undefined {
  const tokens: JodaToken[] = [];
  let text = '';
  for (const [part] of pattern.matchAll(/''|'(?:[^']|'')*(?:'|$)|([A-Za-z])\1*|[^'A-Za-z]+/gs)) {
    if (!/^[A-Za-z]/.test(part)) {
      text += unquote(part);
      continue;
    }
    const letter = part[0] as string;
    if (!letters.includes(letter)) return undefined;
    if (text !== '') tokens.push({ kind: 'text', text });
    text = '';
    tokens.push({ kind: 'field', letter: letter as JodaLetter, count: part.length });
  }
  if (text !== '') tokens.push({ kind: 'text', text });
  return tokens;
}

function unquote(part: string): string {
  if (part === "''") return "'";
  return part.startsWith("'") ? part.replace(/^'|'$/g, '').replaceAll("''", "'") : part;
}
