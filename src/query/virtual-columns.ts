/** Columns that a query computes from those of its table. https://druid.apache.org/docs/latest/querying/virtual-columns */
import type { Checked, Scope, Value } from '../catalog/index.ts';
import { ident, join, type Sql, sql } from '../sql.ts';
import type { TableView } from '../store/table.ts';
import { QueryMistake } from './define.ts';

export interface ExtendedRows {
  /** The table's scope, the virtual columns in it. */
  readonly scope: Scope;
  /** A relation of the table's rows → the same with what the virtual columns hold beside their columns. */
  around(rows: Sql): Sql;
  readonly names: readonly string[];
}

/** A virtual column hides the table's column of its name. */
export function withVirtualColumns(
  columns: readonly Checked<'virtualColumn'>[],
  base: Scope,
  { columns: stored }: TableView,
): ExtendedRows {
  if (columns.length === 0) return { scope: base, around: (rows) => rows, names: [] };
  const taken = new Set([...stored.values()].map(({ physical }) => physical.toLowerCase()));
  const stages = new Stages(columns, base, freshPrefix(taken));
  return stages;
}

/** No stored column's name begins with it. */
function freshPrefix(taken: ReadonlySet<string>): string {
  let prefix = 'virtual';
  while ([...taken].some((name) => name.startsWith(prefix))) prefix += '_';
  return prefix;
}

interface Staged {
  readonly value: Value;
  readonly stage: number;
}

/**
 * Virtual columns in stages: one that reads another stands in a SELECT around it. Put into each other's text, a chain of
 * them would double its length with each link.
 */
class Stages {
  readonly names: readonly string[];
  readonly scope: Scope;
  readonly #columns: readonly Checked<'virtualColumn'>[];
  readonly #base: Scope;
  readonly #prefix: string;
  readonly #stages: Sql[][] = [];
  /** By index. `undefined` while it is being compiled. */
  readonly #staged = new Map<number, Staged | undefined>();

  constructor(columns: readonly Checked<'virtualColumn'>[], base: Scope, prefix: string) {
    this.#columns = columns;
    this.#base = base;
    this.#prefix = prefix;
    this.names = columns.map(({ entry, spec }) => entry.outputName(spec));
    for (const [i, name] of this.names.entries()) {
      if (name === '__time') throw new QueryMistake(['virtualColumns', i], "'__time' cannot be a virtual column");
      if (this.names.indexOf(name) < i)
        throw new QueryMistake(['virtualColumns', i], `two virtual columns of the query are named '${name}'`);
    }
    for (const i of this.names.keys()) this.#at(i);
    this.scope = this.#scopeFor(() => {});
  }

  around(relation: Sql): Sql {
    return this.#stages.reduce(
      (inner, stage) => sql`(SELECT ${join([sql`*`, ...stage])} FROM ${inner} AS s)`,
      relation,
    );
  }

  #scopeFor(reads: (stage: number) => void): Scope {
    return {
      ...this.#base,
      column: (name) => {
        const index = this.names.indexOf(name);
        if (index < 0) return this.#base.column(name);
        const { value, stage } = this.#at(index);
        reads(stage);
        return value;
      },
    };
  }

  #at(index: number): Staged {
    const known = this.#staged.get(index);
    if (known) return known;
    if (this.#staged.has(index))
      throw new QueryMistake(
        ['virtualColumns', index],
        `virtual column '${this.names[index]}' is computed from itself`,
      );
    this.#staged.set(index, undefined);
    const { entry, spec } = this.#columns[index] as Checked<'virtualColumn'>;
    let stage = 0;
    const computed = entry.compile(
      spec,
      this.#scopeFor((read) => {
        stage = Math.max(stage, read + 1);
      }),
    );
    const name = ident(`${this.#prefix}${index}`);
    this.#stages[stage] = [...(this.#stages[stage] ?? []), sql`${computed.sql} AS ${name}`];
    const staged = { value: { ...computed, sql: name }, stage };
    this.#staged.set(index, staged);
    return staged;
  }
}
