/** How a dataSource's events are spread over the partitions of its topic. */
import type { RoundInput } from '../../ingest/body.ts';
import { discover, namedDimensions } from '../../ingest/discovery.ts';
import { eventFields } from '../../ingest/reader.ts';
import { tableDefinition } from '../../ingest/table.ts';
import type { DataSource } from '../../spec/data-source.ts';
import type { Connection } from '../../store/engine.ts';
import type { TableColumn } from '../../store/table.ts';
import type { Spread } from './judge.ts';

const mostRemembered = 1000;

export class Spreads {
  /** By the dataSource's name: by which definition, and what its rows' dimensions are. */
  readonly #known = new Map<string, { readonly schema: string; readonly dimensions: readonly TableColumn[] }>();

  /**
   * With rollup, rows of the same time and dimensions belong into one partition, where one task combines them. Where dimensions are discovered,
   * those of the first events do: whichever are taken, equal rows have equal ones.
   */
  async of(engine: Connection, { dataSource, batch }: RoundInput, partitions: number): Promise<Spread> {
    if (partitions === 1 || !dataSource.rollup) return { partitions, dimensions: undefined };
    const { name } = dataSource;
    const schema = JSON.stringify([dataSource.dataSchema, dataSource.inputFormat]);
    const known = this.#known.get(name);
    if (known?.schema === schema) return { partitions, dimensions: known.dimensions };
    const dimensions = await dimensionsOf(engine, dataSource, batch);
    if (this.#known.size >= mostRemembered) this.#known.clear();
    this.#known.set(name, { schema, dimensions });
    return { partitions, dimensions };
  }
}

async function dimensionsOf(
  engine: Connection,
  dataSource: DataSource,
  { files, longestEventBytes }: RoundInput['batch'],
): Promise<readonly TableColumn[]> {
  const { columns } = tableDefinition(dataSource, []);
  const { input, discovery, dimensions } = dataSource;
  const discovers = discovery !== 'none' || dimensions.some(({ type }) => type === 'auto');
  const found = !discovers
    ? []
    : input.type === 'json'
      ? await discover(
          dataSource,
          columns,
          (want) => eventFields(files, longestEventBytes, want),
          (statement) => engine.rows(statement),
        )
      : namedDimensions(dataSource, columns, input.columns);
  return tableDefinition(dataSource, columns, found).columns.filter(({ kind }) => kind === 'dimension');
}
