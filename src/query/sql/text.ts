/**
 * Druid's SQL text → the text that the engine's parser takes: the few forms that only Calcite has are rewritten, those that only
 * the engine has are refused. Positions in the result lead back to the text that came.
 */
import { invalidInput, type MillraceError, unsupported } from '../../errors.ts';

interface Token {
  readonly kind: 'blank' | 'string' | 'name' | 'number' | 'word' | 'other';
  readonly text: string;
  readonly start: number;
}

export interface SqlText {
  readonly original: string;
  readonly rewritten: string;
  /** How many question marks stand for values. */
  readonly parameterCount: number;
  /** Bytes from the beginning of `rewritten` → characters from the beginning of `original`. */
  originalOffset(byte: number): number;
}

const tokenPattern =
  /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>(?:[uU]&)?'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*")|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<other>[\s\S])/gu;

function tokensOf(text: string): Token[] {
  return [...text.matchAll(tokenPattern)].map(({ 0: token, groups, index }) => {
    const [kind = 'other'] = Object.entries(groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    return { kind: kind as Token['kind'], text: token, start: index };
  });
}

/** Statements that Druid's SQL has beside SELECT. */
const otherStatements: Readonly<Record<string, string>> = {
  EXPLAIN: 'EXPLAIN PLAN FOR is not supported yet',
  INSERT: 'INSERT is not supported; push events or start a supervisor instead',
  REPLACE: 'REPLACE is not supported; push events or start a supervisor instead',
  SET: 'SET is not supported; put it into the context of the request',
};

/** Throws a MillraceError with line and column for what Druid's SQL does not have. */
export function rewriteText(original: string): SqlText {
  // To the parser it is the end of the text.
  if (original.includes('\0')) throw sqlMistake('Received a NUL character', original, original.indexOf('\0'));
  const tokens = tokensOf(original);
  const words = tokens.filter(({ kind }) => kind !== 'blank');
  const [first] = words;
  if (!first) throw invalidInput('expected a SELECT, got an empty query');
  const refused = first.kind === 'word' ? otherStatements[first.text.toUpperCase()] : undefined;
  if (refused) throw unsupported(refused);
  if (first.kind === 'word' && !/^(?:select|with|values)$/i.test(first.text)) throw unexpected(original, first);
  for (const [i, token] of words.entries()) refuseForeign(original, token, words[i + 1]);
  const replaced = new Map(
    words.filter(({ text }) => /^u&/i.test(text)).map((token) => [token, unicodeLiteral(original, token)]),
  );
  for (const [i, token] of words.entries()) {
    if (/^(?:floor|ceil|ceiling)$/i.test(token.text) && words[i + 1]?.text === '(') rewriteUnit(words, i + 1, replaced);
  }
  return positioned(original, tokens, replaced);
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

const unexpected = (original: string, { text, start }: Token): MillraceError =>
  sqlMistake(`Received an unexpected token [${text}]`, original, start);

/** `U&'\00e4'` → `'ä'`. */
function unicodeLiteral(original: string, token: Token): string {
  return token.text.slice(2).replaceAll(/\\(\\|[0-9a-fA-F]{4})?/g, (_, code: string | undefined) => {
    if (code === undefined)
      throw sqlMistake("Unicode escape sequence is not '\\' and four hexadecimal digits", original, token.start);
    return code === '\\' ? code : String.fromCharCode(Number.parseInt(code, 16)).replace("'", "''");
  });
}

/** `FLOOR(x TO unit)` → `FLOOR(x , 'unit')`. */
function rewriteUnit(words: readonly Token[], open: number, replaced: Map<Token, string>): void {
  let depth = 0;
  for (let i = open; i < words.length; i++) {
    const token = words[i] as Token;
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
    if (depth === 0) return;
    const unit = words[i + 1];
    if (depth === 1 && /^to$/i.test(token.text) && unit?.kind === 'word' && words[i + 2]?.text === ')') {
      replaced.set(token, ',').set(unit, `'${unit.text}'`);
      return;
    }
  }
}

function positioned(original: string, tokens: readonly Token[], replaced: ReadonlyMap<Token, string>): SqlText {
  const pieces = tokens.map((token) => (token.kind === 'blank' ? ' ' : (replaced.get(token) ?? token.text)));
  const originalOffset = (byte: number) => {
    let end = 0;
    for (const [i, piece] of pieces.entries()) {
      end += Buffer.byteLength(piece);
      if (byte < end) return (tokens[i] as Token).start;
    }
    return original.length;
  };
  const parameterCount = tokens.filter(({ text }) => text === '?').length;
  return { original, rewritten: pieces.join(''), parameterCount, originalOffset };
}

/** A mistake at a character of the query's text, as Druid words it. */
export function sqlMistake(message: string, original: string, offset: number): MillraceError {
  const before = original.slice(0, offset).split('\n');
  const [line, column] = [before.length, (before.at(-1) as string).length + 1];
  return invalidInput(`${message} (line [${line}], column [${column}])`, {
    context: { sourceType: 'sql', line: String(line), column: String(column) },
  });
}
