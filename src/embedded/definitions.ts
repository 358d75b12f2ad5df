/** The definitions of all dataSources: in the database, and here, where what comes is read by them. */
import type { ColumnNames } from '../backend.ts';
import { tableDefinition } from '../ingest/table.ts';
import type { DataSource } from '../spec/data-source.ts';
import { validateDataSourceName } from '../spec/discovered.ts';
import type { Store } from '../store/store.ts';

export class Definitions {
  readonly #store: Store;
  readonly #dataSources: Map<string, DataSource>;

  /** `dataSources`: those that the database holds. */
  constructor(store: Store, dataSources: Map<string, DataSource>) {
    this.#store = store;
    this.#dataSources = dataSources;
  }

  get(name: string): DataSource | undefined {
    return this.#dataSources.get(name);
  }

  names(): readonly string[] {
    return [...this.#dataSources.keys()].sort();
  }

  /** Those that its rows have; undefined when there is none of that name. */
  columnNames(dataSource: string): ColumnNames | undefined {
    const columns = this.#store.tables.get(dataSource)?.definition.columns;
    const namesOf = (kind: 'dimension' | 'metric') =>
      (columns ?? []).filter((column) => column.kind === kind).map(({ name }) => name);
    return columns && { dimensions: namesOf('dimension'), metrics: namesOf('metric') };
  }

  /** Adds a dataSource, or changes its definition for the rows to come. */
  async define(dataSource: DataSource): Promise<void> {
    validateDataSourceName(dataSource.name);
    await this.#store.transaction(async (transaction) => {
      const present = transaction.table(dataSource.name)?.definition.columns ?? [];
      await transaction.define(tableDefinition(dataSource, present));
    });
    this.note(dataSource);
  }

  /** Of one that the database holds already. */
  note(dataSource: DataSource): void {
    this.#dataSources.set(dataSource.name, dataSource);
  }
}
