/** Druid's expression language as tokens, and its mistakes with their places. */
import { invalidInput, type MillraceError, unsupported } from '../../errors.ts';

export interface Token {
  readonly kind: 'number' | 'string' | 'identifier' | 'quoted' | 'symbol' | 'end';
  readonly text: string;
  readonly offset: number;
}

const maxLength = 100_000;

const tokenPattern =
  /\s+|(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|NaN\b|Infinity\b)|'(?<string>(?:[^'\\]|\\.)*)'|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<identifier>[A-Za-z_$][\w$]*)|(?<symbol>->|[<>=!]=|&&|\|\||[-!^*/%+<>()[\],])/suy;

/** A mistake in an expression, with its place in the text. */
export function expressionError(text: string, offset: number, message: string): MillraceError {
  return invalidInput(`expression ${shorten(text)}, character ${offset + 1}: ${message}`, { context: { offset } });
}

/** What Druid's language has and we lack. */
export function expressionGap(text: string, offset: number, what: string): MillraceError {
  return unsupported(`expression ${shorten(text)}, character ${offset + 1}: ${what} is not supported yet`, {
    context: { offset },
  });
}

const shorten = (text: string) => `\`${text.length > 80 ? `${text.slice(0, 80)}…` : text}\``;

export function tokenize(text: string): Token[] {
  if (text.length > maxLength) throw expressionError(text, maxLength, `longer than ${maxLength} characters`);
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    tokenPattern.lastIndex = offset;
    const match = tokenPattern.exec(text);
    if (!match) throw expressionError(text, offset, lexicalMistake(text[offset] as string));
    const { number, string, quoted, identifier, symbol } = match.groups as Record<string, string | undefined>;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, offset });
    else if (string !== undefined) tokens.push({ kind: 'string', text: unescaped(string, text, offset), offset });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: unescaped(quoted, text, offset), offset });
    else if (identifier !== undefined) tokens.push({ kind: 'identifier', text: identifier, offset });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, offset });
    offset = tokenPattern.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', offset });
  return tokens;
}

function lexicalMistake(character: string): string {
  if (character === "'" || character === '"') return `the text that begins with ${character} does not end`;
  if (character === '=') return `unexpected '='; equality is '=='`;
  return `unexpected '${character}'`;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescaped(raw: string, text: string, offset: number): string {
  return raw.replace(/\\(u[0-9A-Fa-f]{4}|.)/gsu, (_, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const plain = escapes[code] ?? (/['"\\/]/.test(code) ? code : undefined);
    if (plain === undefined)
      throw expressionError(text, offset, `unknown escape '\\${code}'; a backslash is written '\\\\'`);
    return plain;
  });
}
