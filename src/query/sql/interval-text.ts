/** `INTERVAL '1 02:30' DAY TO MINUTE`, `INTERVAL '1-6' YEAR TO MONTH` → intervals of one unit, which the engine's parser takes. */
import { isWord, type Token } from './tokens.ts';

const yearToMonth = /^'(-?)(\d+)-(\d+)'$/;

/** By the first and the last unit: what the text looks like. The groups are days, hours, minutes, seconds. */
const dayToSecond: Readonly<Record<string, RegExp>> = {
  'DAY HOUR': /^'(-?)(\d+) (\d+)()()'$/,
  'DAY MINUTE': /^'(-?)(\d+) (\d+):(\d+)()'$/,
  'DAY SECOND': /^'(-?)(\d+) (\d+):(\d+):(\d+)'$/,
  'HOUR MINUTE': /^'(-?)()(\d+):(\d+)()'$/,
  'HOUR SECOND': /^'(-?)()(\d+):(\d+):(\d+)'$/,
  'MINUTE SECOND': /^'(-?)()()(\d+):(\d+)'$/,
};

/** `words` begin with INTERVAL. What does not look so stays as it is. */
export function rewriteInterval(words: readonly Token[], replaced: Map<Token, string>): void {
  const [, text, first, to, last] = words;
  if (text?.kind !== 'string' || !first || !isWord(to, 'TO') || !last) return;
  const units = `${first.text} ${last.text}`.toUpperCase();
  const [, sign, ...numbers] = (units === 'YEAR MONTH' ? yearToMonth : dayToSecond[units])?.exec(text.text) ?? [];
  if (sign === undefined) return;
  const [a = 0, b = 0, c = 0, d = 0] = numbers.map(Number);
  const count = units === 'YEAR MONTH' ? a * 12 + b : ((a * 24 + b) * 60 + c) * 60 + d;
  replaced.set(text, `'${sign}${count}'`).set(first, units === 'YEAR MONTH' ? 'MONTH' : 'SECOND');
  replaced.set(to as Token, '').set(last, '');
}
