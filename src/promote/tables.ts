/** Which dataSources a query names. */

import type { Reader } from '../query/define.ts';
import { parse } from '../query/sql/parse.ts';
import { rewriteText } from '../query/sql/text.ts';
import { tokensOf } from '../query/sql/tokens.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Of a native query, subqueries and joins among them. https://druid.apache.org/docs/latest/querying/datasource */
export function tablesOfNative(query: unknown): Set<string> {
  return new Set(isObject(query) ? tablesOf(query.dataSource) : []);
}

function tablesOf(dataSource: unknown): string[] {
  if (typeof dataSource === 'string') return [dataSource];
  if (!isObject(dataSource)) return [];
  const { type, name, dataSources, left, right, base, query } = dataSource;
  if (type === 'table') return [String(name)];
  const parts = [...(Array.isArray(dataSources) ? dataSources : []), left, right, base];
  return [...parts.flatMap(tablesOf), ...tablesOfNative(query)];
}

/**
 * Of a SELECT. One that cannot be parsed here, or that is no query, may be one that Druid understands: then all that it says may be a name.
 * @param row asks the engine.
 */
export async function tablesOfSql(text: string, row: Reader['row']): Promise<Set<string>> {
  try {
    return new Set(tablesOfTree(await parse(rewriteText(text), row)));
  } catch {
    return new Set(tokensOf(text).map(({ text: word }) => unquoted(word)));
  }
}

function tablesOfTree(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(tablesOfTree);
  if (!isObject(node)) return [];
  const { type, table_name: name, schema_name: schema } = node;
  const here = type === 'BASE_TABLE' && (!schema || schema === 'druid') ? [String(name)] : [];
  return [...here, ...Object.values(node).flatMap(tablesOfTree)];
}

const unquoted = (word: string) => (word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word);
