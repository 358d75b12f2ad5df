/** The fields of an event that a plan asks for, as text, JSON or lists. */
import type { Value } from '../catalog/index.ts';
import type { DataSource } from '../spec/data-source.ts';
import { ident, type Sql, sql } from '../sql.ts';
import type { TableColumn } from '../store/table.ts';
import type { Batch } from './batch.ts';
import type { ReaderField } from './reader.ts';

/** How a field may hold several values in this batch: as a JSON array, split by a delimiter, or not at all. */
export type ListSyntax = 'none' | 'json' | { readonly delimiter: string };

export function listSyntax({ input }: DataSource, batch: Batch): ListSyntax {
  if (input.type === 'json') return batch.mayHoldLists ? 'json' : 'none';
  return input.listDelimiter === undefined ? 'none' : { delimiter: input.listDelimiter };
}

/** The fields of an event that the plan asks for, each read once. */
export class Fields {
  readonly #lists: ListSyntax;
  readonly #jsonNames: ReadonlySet<string>;
  readonly #aliases = new Map<string, Sql>();
  /** Of fields that are wanted as JSON although their text would do for all else. */
  readonly #jsonAliases = new Map<string, Sql>();
  /** Of fields that come as columns of their types already. */
  readonly #typed = new Map<string, ReaderField>();

  constructor(lists: ListSyntax, columns: readonly TableColumn[]) {
    this.#lists = lists;
    this.#jsonNames = new Set(columns.filter(({ type }) => type === 'COMPLEX<json>').map(({ name }) => name));
  }

  /** As text, or as a list where the batch may hold lists. */
  value(name: string): Value {
    if (this.#lists === 'none') return { sql: this.text(name), type: 'STRING' };
    const list =
      this.#lists === 'json'
        ? jsonList(this.json(name))
        : sql`string_split(${this.text(name)}, ${this.#lists.delimiter})`;
    return { sql: sql`coalesce(${list}, [NULL::VARCHAR])`, type: 'STRING', multiValue: true };
  }

  text(name: string): Sql {
    return this.#isJson(name) ? sql`json_extract_string(${this.#alias(name)}, '$')` : this.#alias(name);
  }

  json(name: string): Sql {
    if (this.#isJson(name)) return this.#alias(name);
    const alias = this.#jsonAliases.get(name) ?? ident(`j${this.#jsonAliases.size}`);
    this.#jsonAliases.set(name, alias);
    return alias;
  }

  /** BIGINT or TIMESTAMP: of a batch that was read into columns. */
  typed(name: string, want: 'long' | 'time'): Sql {
    const key = `${want} ${name}`;
    const field = this.#typed.get(key) ?? { name, as: ident(`t${this.#typed.size}`), want };
    this.#typed.set(key, field);
    return field.as;
  }

  wanted(): ReaderField[] {
    const fields = [...this.#aliases].map(
      ([name, as]): ReaderField => ({ name, as, want: this.#isJson(name) ? 'json' : 'text' }),
    );
    const asJson = [...this.#jsonAliases].map(([name, as]): ReaderField => ({ name, as, want: 'json' }));
    return [...fields, ...asJson, ...this.#typed.values()];
  }

  #isJson(name: string): boolean {
    return this.#lists === 'json' || this.#jsonNames.has(name);
  }

  #alias(name: string): Sql {
    const alias = this.#aliases.get(name) ?? ident(`f${this.#aliases.size}`);
    this.#aliases.set(name, alias);
    return alias;
  }
}

function jsonList(json: Sql): Sql {
  const values = sql`CASE WHEN json_array_length(${json}) > 0 THEN json_extract_string(${json}, '$[*]') END`;
  return sql`CASE WHEN json_type(${json}) = 'ARRAY' THEN ${values} ELSE [json_extract_string(${json}, '$')] END`;
}
