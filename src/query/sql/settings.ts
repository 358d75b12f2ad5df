/** `SET name = value;` before a query: members of its context. https://druid.apache.org/docs/latest/querying/sql#set */
import type { Token } from './tokens.ts';
import { isWord } from './tokens.ts';

export interface Settings {
  readonly values: Readonly<Record<string, unknown>>;
  /** How many of the tokens they are. */
  readonly length: number;
}

/** Throws what `unexpected` makes of a token that does not belong there. */
export function settingsOf(words: readonly Token[], unexpected: (token: Token | undefined) => Error): Settings {
  const values: Record<string, unknown> = {};
  let at = 0;
  while (isWord(words[at], 'SET')) {
    const [name, equals] = [words[at + 1], words[at + 2]];
    if (name?.kind !== 'word' && name?.kind !== 'name') throw unexpected(name);
    if (equals?.text !== '=') throw unexpected(equals);
    const negative = words[at + 3]?.text === '-';
    at += negative ? 4 : 3;
    const value = settingValue(words[at], negative);
    if (value === undefined) throw unexpected(words[at]);
    if (words[at + 1]?.text !== ';') throw unexpected(words[at + 1]);
    values[unquoted(name)] = value;
    at += 2;
  }
  return { values, length: at };
}

function settingValue(token: Token | undefined, negative: boolean): unknown {
  if (token?.kind === 'number') return (negative ? -1 : 1) * Number(token.text);
  if (negative || !token) return undefined;
  if (token.kind === 'string') return token.text.slice(1, -1).replaceAll("''", "'");
  if (isWord(token, 'TRUE')) return true;
  return isWord(token, 'FALSE') ? false : undefined;
}

const unquoted = ({ kind, text }: Token): string => (kind === 'name' ? text.slice(1, -1).replaceAll('""', '"') : text);
