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
import { bodiesToPass, type ColumnPlan } from './body-reader.ts';
import type { ColumnReader } from './column-reader.ts';
import type { ColumnRequest } from './column-worker.ts';
import { bytesEach } from './flat-column.ts';
import { neededColumns } from './needed-columns.ts';
import { rollupPlan } from './rollup-plan.ts';

/** Of smaller bodies the engine's JSON reader makes no more work than of a file of another kind. */
const minBytes = 1024 * 1024;

/** Where one of this size comes, larger ones do, mostly. */
const announcingBytes = minBytes / 4;

const noLines: Batch = { files: [], mayHoldLists: false, hasQuotes: true, longestEventBytes: 0 };

interface ColumnFile {
  readonly path: string;
  readonly holds: 'events' | 'rows';
}

interface Begun {
  readonly plan: ColumnPlan;
  /** Where the columns are, once they are written; undefined when the body could not be read into them. */
  readonly file: Promise<ColumnFile | undefined>;
}

export class ColumnBatches {
  readonly #reader: ColumnReader;
  readonly #files: BatchFiles;
  readonly #columnsOf: (dataSource: DataSource) => readonly TableColumn[];
  readonly #begun = new WeakMap<Uint8Array, Begun>();
  /** DataSources of which a body could not be read, and how many more are not tried. */
  readonly #passed = new Map<string, number>();

  constructor(reader: ColumnReader, files: BatchFiles, columnsOf: (dataSource: DataSource) => readonly TableColumn[]) {
    this.#reader = reader;
    this.#files = files;
    this.#columnsOf = columnsOf;
  }

  /** Begins to read a body into columns, if it did not before; false when it is for the engine to read. */
  begin({ lines, events, fieldErrors, format, ...part }: Part): boolean {
    if (this.#begun.has(lines)) return true;
    const dataSource = format === 'json' ? withJsonInput(part.dataSource) : part.dataSource;
    if (lines.byteLength < announcingBytes || this.#isPassed(dataSource.name)) return false;
    const plan = this.#planOf(dataSource, fieldErrors ?? false);
    // Events that are shorter than their columns take less memory as lines.
    if (!plan || events * bytesEach(plan.fields) > lines.byteLength) {
      this.#passed.set(dataSource.name, bodiesToPass);
      return false;
    }
    if (lines.byteLength < minBytes) {
      this.#reader.prepare();
      return false;
    }
    const file = this.#read({ dataSource: dataSource.name, plan, lines, events });
    // Whether it failed is seen when the round asks for it.
    file.catch(() => {});
    this.#begun.set(lines, { file, plan });
    return true;
  }

  /** These bodies' batch, where all of them were read into the same columns. */
  async take(bodies: readonly Uint8Array[]): Promise<Batch | undefined> {
    const [first] = bodies.flatMap((body) => this.#begun.get(body) ?? []);
    const isAlike = (body: Uint8Array) => isDeepStrictEqual(this.#begun.get(body)?.plan, first?.plan);
    const plan = first && bodies.every(isAlike) ? first.plan : undefined;
    const files = await this.#written(bodies);
    const paths = files.filter(({ holds }) => holds === 'events').map(({ path }) => path);
    const rowPaths = files.filter(({ holds }) => holds === 'rows').map(({ path }) => path);
    if (plan && files.length === bodies.length) return { ...noLines, columns: { ...plan, paths, rowPaths } };
    this.#files.release({ ...noLines, files: [...paths, ...rowPaths] });
    return undefined;
  }

  /** For bodies that go to the engine as lines after all. */
  async discard(bodies: readonly Uint8Array[]): Promise<void> {
    const files = await this.#written(bodies);
    this.#files.release({ ...noLines, files: files.map(({ path }) => path) });
  }

  async #read(request: Omit<ColumnRequest, 'id' | 'descriptor'>): Promise<ColumnFile | undefined> {
    const file = await this.#files.lend((descriptor) => this.#reader.read({ ...request, descriptor }));
    if (!file) this.#passed.set(request.dataSource, bodiesToPass);
    return file;
  }

  /** Where their columns are, of those that have some; forgotten from here on. */
  async #written(bodies: readonly Uint8Array[]): Promise<ColumnFile[]> {
    const begun = bodies.flatMap((body) => this.#begun.get(body) ?? []);
    for (const body of bodies) this.#begun.delete(body);
    const files = await Promise.all(begun.map(({ file }) => file));
    return files.filter((file) => file !== undefined);
  }

  /** A definition that cannot be compiled is found out in its round, and told there. */
  #planOf(dataSource: DataSource, fieldErrors: boolean): ColumnPlan | undefined {
    try {
      const columns = this.#columnsOf(dataSource);
      const fields = neededColumns(dataSource, columns, fieldErrors);
      return fields && { fields, rollup: rollupPlan(dataSource, columns) };
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
}
