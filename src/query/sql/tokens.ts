/** The tokens of a query's text. */

export interface Token {
  readonly kind: 'blank' | 'string' | 'name' | 'number' | 'word' | 'other';
  readonly text: string;
  /** Characters from the beginning of the text. */
  readonly start: number;
}

const tokenPattern =
  /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>(?:[uU]&)?'(?:[^']|'')*')|(?<name>(?:[uU]&)?"(?:[^"]|"")*")|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<other>[\s\S])/gu;

export function tokensOf(text: string): Token[] {
  return [...text.matchAll(tokenPattern)].map(({ 0: token, groups, index }) => {
    const [kind = 'other'] = Object.entries(groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    return { kind: kind as Token['kind'], text: token, start: index };
  });
}

export const isWord = (token: Token | undefined, word: string): boolean =>
  token?.kind === 'word' && token.text.toUpperCase() === word;

/** Where the parenthesis at `open` is closed; undefined where it is not. */
export function closingOf(words: readonly Token[], open: number): number | undefined {
  let depth = 0;
  for (let i = open; i < words.length; i++) {
    const { text } = words[i] as Token;
    if (text === '(') depth++;
    if (text === ')' && --depth === 0) return i;
  }
  return undefined;
}

/** The end of the name, call or literal that begins at a character: `a.b`, `f(x, y)`. */
export function endOf(words: readonly Token[], start: number): number {
  let at = words.findIndex((token) => token.start === start);
  if (at < 0) return start + 1;
  while (words[at + 1]?.text === '.' && words[at + 2]) at += 2;
  const last = words[at + 1]?.text === '(' ? (closingOf(words, at + 1) ?? at) : at;
  const { start: from, text } = words[last] as Token;
  return from + text.length;
}
