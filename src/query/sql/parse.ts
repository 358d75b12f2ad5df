/** A query's text → its tree, by the engine's parser. */
import { invalidInput, type MillraceError } from '../../errors.ts';
import { sql } from '../../sql.ts';
import type { Reader } from '../define.ts';
import { parseTree, type QueryNode } from './ast.ts';
import { type SqlText, sqlMistake } from './text.ts';

/** Throws 400 with the place of a mistake. `row` asks the engine. */
export async function parse(text: SqlText, row: Reader['row']): Promise<QueryNode> {
  const [json] = await row(
    sql`SELECT json_serialize_sql(CAST(${text.rewritten} AS VARCHAR), skip_null := true, skip_default := true)`,
  );
  const parsed = parseTree(String(json));
  if (parsed.error) throw syntaxMistake(text, parsed.error_message, Number(parsed.position ?? 0));
  const [first, second] = parsed.statements;
  if (!first || second) throw invalidInput(`expected one SELECT, got ${parsed.statements.length}`);
  return first.node;
}

/** In Calcite's words, where the parser says that a token is wrong. */
function syntaxMistake(text: SqlText, message: string, position: number): MillraceError {
  const start = text.originalOffset(position);
  const [, token] = /^syntax error at or near "([\s\S]*)"$/.exec(message) ?? [];
  const end = token === undefined && /at end of input/.test(message) ? '<EOF>' : token;
  const said = end === undefined ? `Incorrect syntax: ${message}` : `Received an unexpected token [${end}]`;
  return sqlMistake(said, text.original, start, start + Math.max(1, token?.length ?? 1));
}
