/** The engine's TRY takes neither aggregates nor window functions. */
import { ident, join, sql } from '../../sql.ts';
import type { Expr } from './types.ts';

/** Where the result needs a TRY, what it is computed of gets a name before, and only the name stands inside. */
export function outsideTry(args: readonly Expr[], compile: (args: readonly Expr[]) => Expr): Expr {
  const direct = compile(args);
  if (!/\bTRY\(/.test(direct.sql.text)) return direct;
  const named = args.map((arg, i) => ({ arg, name: ident(`a${i}`) })).filter(({ arg }) => arg.literal === undefined);
  if (named.length === 0) return direct;
  const names = new Map(named.map(({ arg, name }) => [arg, name]));
  const { filter, ...result } = compile(
    args.map((arg) => {
      const name = names.get(arg);
      return name ? { ...arg, sql: sql`s.${name}` } : arg;
    }),
  );
  const values = join(named.map(({ arg, name }) => sql`${name} := ${arg.sql}`));
  return { ...result, sql: sql`list_transform([struct_pack(${values})], lambda s: ${result.sql})[1]` };
}
