/**
 * Druid's SQL text → the text that the engine's parser takes: the few forms that only Calcite has are rewritten, those that only
 * the engine has are refused. Positions in the result lead back to the text that came.
 */
import { invalidInput, type MillraceError, unsupported } from '../../errors.ts';
import { type Replaced, rewriteCall } from './forms.ts';
import { rewriteInterval } from './interval-text.ts';
import { settingsOf } from './settings.ts';
import { closingOf, endOf, isWord, type Token, tokensOf } from './tokens.ts';

export interface SqlText {
  readonly original: string;
  /** Whether its plan is asked for, by EXPLAIN PLAN FOR. */
  readonly explain: boolean;
  /** Members of the context that stand before the query. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly rewritten: string;
  /** How many question marks stand for values. */
  readonly parameterCount: number;
  /** Bytes from the beginning of `rewritten` → characters from the beginning of `original`. */
  originalOffset(byte: number): number;
  /** The end of what begins at a character of `original`. */
  originalEnd(start: number): number;
  /** The beginning of the token that ends before a character. */
  originalStart(end: number): number;
}

/** Statements of Druid's other engine, and its words for them. */
const otherStatements: Readonly<Record<string, string>> = {
  INSERT: 'INSERT operations are not supported by requested SQL engine [native], consider using MSQ.',
  REPLACE: 'REPLACE operations are not supported by the requested SQL engine [native].  Consider using MSQ.',
};

/** Throws a MillraceError with line and column for what Druid's SQL does not have. */
export function rewriteText(original: string): SqlText {
  // To the parser it is the end of the text.
  if (original.includes('\0')) throw sqlMistake('Received a NUL character', original, original.indexOf('\0'));
  const tokens = tokensOf(original);
  const all = tokens.filter(({ kind }) => kind !== 'blank');
  if (all.length === 0) throw invalidInput('expected a SELECT, got an empty query');
  const settings = settingsOf(all, (token) => unexpected(original, token));
  const explain = isWord(all[settings.length], 'EXPLAIN');
  const start = settings.length + (explain ? 3 : 0);
  if (explain && !(isWord(all[start - 2], 'PLAN') && isWord(all[start - 1], 'FOR')))
    throw unexpected(original, isWord(all[start - 2], 'PLAN') ? all[start - 1] : all[start - 2]);
  const words = all.slice(start);
  const [first] = words;
  const refused = first?.kind === 'word' ? otherStatements[first.text.toUpperCase()] : undefined;
  if (refused) throw invalidInput(refused);
  if (!first || (first.kind === 'word' && !/^(?:select|with|values)$/i.test(first.text)))
    throw unexpected(original, first);
  const replaced: Replaced = new Map(all.slice(0, start).map((token) => [token, '']));
  for (const [i, token] of words.entries()) {
    if (/^u&/i.test(token.text)) rewriteUnicode(original, words.slice(i, i + 3), replaced);
    else if (isWord(token, 'TABLE') && words[i + 1]?.text === '(') rewriteTable(words, i, replaced);
    else if (isWord(token, 'BETWEEN')) rewriteBetween(words[i + 1], replaced);
    else if (isWord(token, 'INTERVAL')) rewriteInterval(words.slice(i, i + 5), replaced);
    else if (token.text === '(' && i > 0) rewriteCall(words, i, replaced);
  }
  for (const [i, token] of words.entries()) if (!replaced.has(token)) refuseForeign(original, token, words[i + 1]);
  return { original, explain, settings: settings.values, ...positioned(original, tokens, replaced) };
}

/** Text of the engine's own dialect, which Calcite calls a lexical error. */
function refuseForeign(original: string, token: Token, next: Token | undefined): void {
  if (token.kind === 'word') {
    const adjoins = next?.start === token.start + token.text.length;
    // E'…', X'…' and B'…' have escapes of their own.
    if (adjoins && next?.kind === 'string' && token.text.length === 1) throw unexpected(original, token);
    return;
  }
  if (token.kind === 'other' && !'()[],.;+-*/<>=!|?'.includes(token.text)) throw unexpected(original, token);
}

function unexpected(original: string, token: Token | undefined): MillraceError {
  const { text, start } = token ?? { text: '<EOF>', start: original.length };
  return sqlMistake(`Received an unexpected token [${text}]`, original, start, start + (token ? text.length : 1));
}

/** `U&'\00e4'` → `'ä'`, `U&'!00e4' UESCAPE '!'` as well, and so do quoted names. */
function rewriteUnicode(original: string, words: readonly Token[], replaced: Replaced): void {
  const [token, word, mark] = words as [Token, Token?, Token?];
  const named = isWord(word, 'UESCAPE') && /^'[^'0-9a-fA-F+\s]'$/.test(mark?.text ?? '') ? mark : undefined;
  const escaped = named ? (named.text[1] as string) : '\\';
  if (named) replaced.set(word as Token, '').set(named, '');
  const quoted = RegExp.escape(escaped);
  const pattern = new RegExp(`${quoted}(${quoted}|[0-9a-fA-F]{4})?`, 'gu');
  const quote = token.text.at(-1) as string;
  const text = token.text.slice(2).replaceAll(pattern, (_, code: string | undefined) => {
    if (code === undefined) {
      const message = `Unicode escape sequence is not '${escaped}' and four hexadecimal digits`;
      throw sqlMistake(message, original, token.start);
    }
    return code === escaped ? code : String.fromCharCode(Number.parseInt(code, 16)).replace(quote, quote + quote);
  });
  replaced.set(token, text);
}

/** `BETWEEN ASYMMETRIC` is what BETWEEN alone is. */
function rewriteBetween(next: Token | undefined, replaced: Replaced): void {
  if (next && isWord(next, 'ASYMMETRIC')) replaced.set(next, '');
  if (isWord(next, 'SYMMETRIC')) throw unsupported('BETWEEN SYMMETRIC is not supported yet');
}

/** `TABLE(f(x))` → `f(x)`. */
function rewriteTable(words: readonly Token[], at: number, replaced: Replaced): void {
  const close = closingOf(words, at + 1);
  if (close === undefined) return;
  replaced
    .set(words[at] as Token, '')
    .set(words[at + 1] as Token, '')
    .set(words[close] as Token, '');
}

function positioned(original: string, tokens: readonly Token[], replaced: ReadonlyMap<Token, string>) {
  const pieces = tokens.map((token) => (token.kind === 'blank' ? ' ' : (replaced.get(token) ?? token.text)));
  const originalOffset = (byte: number) => {
    let end = 0;
    for (const [i, piece] of pieces.entries()) {
      end += Buffer.byteLength(piece);
      if (byte < end) return (tokens[i] as Token).start;
    }
    return original.length;
  };
  const words = tokens.filter(({ kind }) => kind !== 'blank');
  return {
    rewritten: pieces.join(''),
    parameterCount: words.filter(({ text }) => text === '?').length,
    originalOffset,
    originalEnd: (start: number) => endOf(words, start),
    originalStart: (end: number) => words.find(({ start, text }) => start + text.length === end)?.start ?? end - 1,
  };
}

/** A mistake in a part of the query's text, as Druid words it. */
export function sqlMistake(message: string, original: string, start: number, end = start + 1): MillraceError {
  const [line, column] = placeAt(original, start);
  const [endLine, endColumn] = placeAt(original, end - 1);
  return invalidInput(`${message} (line [${line}], column [${column}])`, {
    context: { sourceType: 'sql', line, column, endLine, endColumn },
  });
}

/** Line and column, from 1. */
function placeAt(original: string, offset: number): [string, string] {
  const before = original.slice(0, offset).split('\n');
  return [String(before.length), String((before.at(-1) as string).length + 1)];
}
