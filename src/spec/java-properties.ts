/**
 * The files that Java's programs read their settings from: `name=value`, one a line.
 * https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)
 */
import type { JsonPath } from '../catalog/validate.ts';
import { invalidInput } from '../errors.ts';
import type { Loaded } from './load.ts';

/** One property with its line, which may go on over several of the file's. */
const property = /^((?:\\.|[^\\:=\s])*)[ \t\f]*[:=]?[ \t\f]*(.*)$/s;

/**
 * The properties as a flat object of texts; of two of one name the last counts, as in Java.
 * @throws MillraceError `invalidInput` with the line of a broken `\u` escape.
 */
export function loadJavaProperties(text: string, file?: string): Loaded {
  const properties = new Map<string, string>();
  const lineOf = new Map<string, number>();
  for (const { line, text: logical } of logicalLines(text)) {
    const [, name = '', value = ''] = property.exec(logical) ?? [];
    const place = { line, ...(file !== undefined && { file }) };
    const plainName = unescaped(name, place);
    properties.set(plainName, unescaped(value, place));
    lineOf.set(plainName, line);
  }
  const placeOf = ([name]: JsonPath) => {
    const line = lineOf.get(String(name));
    return {
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
      ...(name !== undefined && { path: String(name) }),
    };
  };
  return { value: Object.fromEntries(properties), placeOf };
}

/** Without comments and blank lines; a backslash at its end joins a line with the next. */
function* logicalLines(text: string): Generator<{ readonly line: number; readonly text: string }> {
  let joined = '';
  let first = 0;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const piece = raw.replace(/^[ \t\f]+/, '');
    const isJoined = first > 0;
    if (!isJoined && (piece === '' || /^[#!]/.test(piece))) continue;
    if (!isJoined) first = index + 1;
    const isContinued = (/\\*$/.exec(piece)?.[0].length ?? 0) % 2 === 1;
    joined += isContinued ? piece.slice(0, -1) : piece;
    if (isContinued) continue;
    yield { line: first, text: joined };
    joined = '';
    first = 0;
  }
  if (first > 0) yield { line: first, text: joined };
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string, place: { readonly file?: string; readonly line: number }): string {
  return text.replace(/\\(u(.{0,4})|.)/gs, (_all, escaped: string, digits?: string) => {
    if (digits === undefined) return escapes[escaped] ?? escaped;
    if (/^[0-9a-f]{4}$/i.test(digits)) return String.fromCharCode(Number.parseInt(digits, 16));
    throw invalidInput(`\\u${digits} is no character; expected four hexadecimal digits`, { place });
  });
}
