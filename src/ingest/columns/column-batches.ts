/**
 * Large bodies of flat events → columns, as they begin to wait for their round. The engine takes columns of times, numbers and dictionaries in a
 * third of the time that it takes for their JSON. What cannot be read into columns goes to it as lines.
 */
import { isDeepStrictEqual } from 'node:util';
import type { DataSource } from '../../spec/data-source.ts';
import type { TableColumn } from '../../store/table.ts';
import type { Batch } from '../batch.ts';
import type { BatchFiles } from '../batch-files.ts';
import { type Part, withJsonInput } from '../work.ts';
import type { FlatField } from './flat-column.ts';
import { FlatEvents } from './flat-events.ts';
import { neededColumns } from './needed-columns.ts';
import { parquetFile } from './parquet.ts';

/** Of smaller bodies the engine's JSON reader makes no more work than of a file of another kind. */
const minBytes = 1024 * 1024;

/** After one that could not be read. What is in one body is in the next, mostly. */
const bodiesToPass = 20;

/** Readers that are kept, each with the memory of its columns. */
const maxReaders = 2;

const noLines: Batch = { files: [], mayHoldLists: false, hasQuotes: true, longestEventBytes: 0 };

interface Begun {
  readonly fields: readonly FlatField[];
  /** Where the columns are, once they are written; undefined when the body could not be read into them. */
  readonly path: Promise<string | undefined>;
}

interface Reader {
  readonly fields: readonly FlatField[];
  readonly events: FlatEvents;
  /** Settles when it has read the last body that it was given. */
  isDone: Promise<unknown>;
}

export class ColumnBatches {
  readonly #files: BatchFiles;
  readonly #columnsOf: (dataSource: DataSource) => readonly TableColumn[];
  readonly #begun = new WeakMap<Uint8Array, Begun>();
  /** By dataSource. */
  readonly #readers = new Map<string, Reader>();
  /** DataSources of which a body could not be read, and how many more are not tried. */
  readonly #passed = new Map<string, number>();

  constructor(files: BatchFiles, columnsOf: (dataSource: DataSource) => readonly TableColumn[]) {
    this.#files = files;
    this.#columnsOf = columnsOf;
  }

  /** Begins to read a body into columns, if it did not before; false when it is for the engine to read. */
  begin({ lines, events, fieldErrors, format, ...part }: Part): boolean {
    if (this.#begun.has(lines)) return true;
    const dataSource = format === 'json' ? withJsonInput(part.dataSource) : part.dataSource;
    if (lines.byteLength < minBytes || this.#isPassed(dataSource.name)) return false;
    const fields = this.#neededBy(dataSource, fieldErrors ?? false);
    const reader = fields && this.#readerOf(dataSource.name, fields);
    // Events that are shorter than their columns take less memory as lines.
    const isWorthIt = reader !== undefined && events * reader.events.bytesEach <= lines.byteLength;
    if (!isWorthIt) {
      this.#passed.set(dataSource.name, bodiesToPass);
      return false;
    }
    const columns = reader.isDone.then(async () => {
      if (await reader.events.read(lines, events)) return parquetFile(reader.events.columns, events);
      this.#passed.set(dataSource.name, bodiesToPass);
      return undefined;
    });
    reader.isDone = columns.catch(() => {});
    const path = columns.then((file) => file && this.#files.writeWhole(file));
    // Whether it failed is seen when the round asks for it.
    path.catch(() => {});
    this.#begun.set(lines, { path, fields: reader.fields });
    return true;
  }

  /** These bodies' batch, where all of them were read into the same columns. */
  async take(bodies: readonly Uint8Array[]): Promise<Batch | undefined> {
    const [first] = bodies.flatMap((body) => this.#begun.get(body) ?? []);
    const isAlike = (body: Uint8Array) => isDeepStrictEqual(this.#begun.get(body)?.fields, first?.fields);
    const fields = first && bodies.every(isAlike) ? first.fields : undefined;
    const paths = await this.#written(bodies);
    if (fields && paths.length === bodies.length) return { ...noLines, columns: { paths, fields } };
    this.#files.release({ ...noLines, files: paths });
    return undefined;
  }

  /** For bodies that go to the engine as lines after all. */
  async discard(bodies: readonly Uint8Array[]): Promise<void> {
    this.#files.release({ ...noLines, files: await this.#written(bodies) });
  }

  /** Where their columns are, of those that have some; forgotten from here on. */
  async #written(bodies: readonly Uint8Array[]): Promise<string[]> {
    const begun = bodies.flatMap((body) => this.#begun.get(body) ?? []);
    for (const body of bodies) this.#begun.delete(body);
    const paths = await Promise.all(begun.map(({ path }) => path));
    return paths.filter((path) => path !== undefined);
  }

  /** A definition that cannot be compiled is found out in its round, and told there. */
  #neededBy(dataSource: DataSource, fieldErrors: boolean): readonly FlatField[] | undefined {
    try {
      return neededColumns(dataSource, this.#columnsOf(dataSource), fieldErrors);
    } catch {
      return undefined;
    }
  }

  #isPassed(dataSource: string): boolean {
    const left = this.#passed.get(dataSource) ?? 0;
    if (left > 1) this.#passed.set(dataSource, left - 1);
    else this.#passed.delete(dataSource);
    return left > 0;
  }

  #readerOf(dataSource: string, fields: readonly FlatField[]): Reader {
    const known = this.#readers.get(dataSource);
    // The one used last is the last one.
    this.#readers.delete(dataSource);
    const reader: Reader =
      known && isDeepStrictEqual(known.fields, fields)
        ? known
        : { fields, events: new FlatEvents(fields), isDone: Promise.resolve() };
    this.#readers.set(dataSource, reader);
    const [oldest] = this.#readers.keys();
    if (this.#readers.size > maxReaders && oldest !== undefined) this.#readers.delete(oldest);
    return reader;
  }
}
