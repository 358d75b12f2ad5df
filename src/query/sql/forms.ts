/** Calls that only Calcite writes so → calls with plain arguments, which the engine's parser takes. */
import { isWord, type Token } from './tokens.ts';

export type Replaced = Map<Token, string>;

/** Rewrites the call that has its parenthesis at `open`, if it is one of these. */
export function rewriteCall(words: readonly Token[], open: number, replaced: Replaced): void {
  const name = words[open - 1] as Token;
  const rewrite = forms[name.text.toUpperCase()];
  const own = rewrite && ownTokens(words, open);
  if (own) rewrite(own, replaced, name);
}

type Rewrite = (own: readonly Token[], replaced: Replaced, name: Token) => void;

const forms: Readonly<Record<string, Rewrite>> = {
  FLOOR: toUnit,
  CEIL: toUnit,
  CEILING: toUnit,
  JSON_VALUE: returning,
  JSON_OBJECT: members,
  POSITION: fromPlace,
};

/** The tokens between the parentheses that are not inside of further ones; undefined where they are not closed. */
function ownTokens(words: readonly Token[], open: number): Token[] | undefined {
  const own: Token[] = [];
  let depth = 0;
  for (const token of words.slice(open)) {
    if (/^[)\]]$/.test(token.text)) depth--;
    if (depth === 0 && token.text === ')') return own;
    if (depth === 1) own.push(token);
    if (/^[([]$/.test(token.text)) depth++;
  }
  return undefined;
}

/** `FLOOR(x TO unit)` → `FLOOR(x , 'unit')`. */
function toUnit(own: readonly Token[], replaced: Replaced): void {
  const [to, unit] = own.slice(-2);
  if (to && unit?.kind === 'word' && isWord(to, 'TO')) replaced.set(to, ',').set(unit, `'${unit.text}'`);
}

/** `JSON_VALUE(x, path RETURNING BIGINT ARRAY NULL ON EMPTY)` → `JSON_VALUE(x, path , 'BIGINT ARRAY')`. */
function returning(own: readonly Token[], replaced: Replaced): void {
  const kept = withoutNullClauses(own, replaced);
  const at = kept.findIndex((token) => isWord(token, 'RETURNING'));
  const [word, ...type] = at < 0 ? [] : kept.slice(at);
  if (!word || !type.every(({ kind }) => kind === 'word')) return;
  replaced.set(word, `, '${type.map(({ text }) => text).join(' ')}'`);
  for (const token of type) replaced.set(token, '');
}

/** `JSON_OBJECT(KEY a VALUE b, c : d)` → `JSON_OBJECT(a , b, c , d)`. */
function members(own: readonly Token[], replaced: Replaced): void {
  const kept = withoutNullClauses(own, replaced);
  let place: 'begin' | 'name' | 'value' = 'begin';
  for (const [i, token] of kept.entries()) {
    if (token.text === ',') place = 'begin';
    else if (place === 'begin') {
      place = 'name';
      if (isWord(token, 'KEY') && kept[i + 1]?.kind !== 'other') replaced.set(token, '');
    } else if (place === 'name' && (token.text === ':' || isWord(token, 'VALUE'))) {
      place = 'value';
      replaced.set(token, ',');
    }
  }
}

/** `NULL ON EMPTY` and its like at the end change nothing. */
function withoutNullClauses(own: readonly Token[], replaced: Replaced): readonly Token[] {
  const [what, on, when] = own.slice(-3);
  const isClause =
    (isWord(what, 'NULL') || isWord(what, 'ABSENT')) &&
    isWord(on, 'ON') &&
    /^(?:NULL|EMPTY|ERROR)$/i.test(when?.text ?? '');
  if (!isClause) return own;
  for (const token of own.slice(-3)) replaced.set(token, '');
  return withoutNullClauses(own.slice(0, -3), replaced);
}

/** `POSITION(a IN b FROM n)` → `POSITION_FROM(a , b , n)`. */
function fromPlace(own: readonly Token[], replaced: Replaced, name: Token): void {
  const [inside, from] = ['IN', 'FROM'].map((word) => own.find((token) => isWord(token, word)));
  if (inside && from) replaced.set(name, 'POSITION_FROM').set(inside, ',').set(from, ',');
}
