/** Registered lookups. Those of the tier of this process are loaded: their entries are tables that queries ask. */
import { stat } from 'node:fs/promises';
import type { Lookups } from '../backend.ts';
import type { LookupScope } from '../catalog/index.ts';
import { asMillraceError, invalidInput, MillraceError } from '../errors.ts';
import type { Logger } from '../observe/log.ts';
import { type LookupSource, type LookupSpec, type LookupTiers, restoreLookup } from '../spec/lookups/index.ts';
import { type Sql, sql } from '../sql.ts';
import { isFatal } from '../store/engine-error.ts';
import {
  fillLookup,
  lookupTable,
  readLookups,
  removeLookup,
  type StoredLookup,
  writeLookup,
} from '../store/lookups.ts';
import { Mutex } from '../store/mutex.ts';
import type { Store, Transaction } from '../store/store.ts';

/** A process that is told no other is of this tier. */
const ownTier = '__default';

const maxLookups = 1000;
const maxEntries = 10_000_000;

/** The longest that a timer takes, 24 days. */
const longestTimerMs = 2 ** 31 - 1;

type Entry = readonly [key: string, value: string | null];

interface Lookup extends StoredLookup {
  readonly checked: LookupSpec;
}

export class EmbeddedLookups implements Lookups {
  readonly tier = ownTier;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #changing = new Mutex();
  readonly #polls = new Map<LookupSpec, NodeJS.Timeout>();
  /** What is committed, in the order in which it came. */
  #all: readonly Lookup[] = [];

  private constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  static async open(store: Store, log: Logger): Promise<EmbeddedLookups> {
    const lookups = new EmbeddedLookups(store, log);
    const stored = await store.transaction(readLookups);
    lookups.#take(stored.map((one) => ({ ...one, checked: restoreLookup(JSON.parse(one.spec)) })));
    // A file may have changed while nobody looked.
    for (const { id, table, modifiedMs } of stored)
      if (table !== undefined && modifiedMs !== undefined) await lookups.#poll(id);
    return lookups;
  }

  /** For queries. */
  get scope(): Required<LookupScope> {
    return { lookup: (id) => this.#relation(id) };
  }

  /** Of those that are loaded. */
  names(): readonly string[] {
    return this.#all.filter(({ tier }) => tier === ownTier).map(({ id }) => id);
  }

  tiers(): LookupTiers {
    const tiers = new Map<string, Map<string, LookupSpec>>();
    for (const { tier, id, checked } of this.#all) {
      const lookups = tiers.get(tier) ?? new Map();
      tiers.set(tier, lookups.set(id, checked));
    }
    return tiers;
  }

  entries(id: string): AsyncIterable<Entry> | undefined {
    const relation = this.#relation(id);
    return relation && this.#entriesOf(relation);
  }

  async submit(tiers: LookupTiers): Promise<void> {
    const submitted = [...tiers].flatMap(([tier, lookups]) =>
      [...lookups].map(([id, checked]) => ({ tier, id, checked })),
    );
    await this.#change(async (transaction) => {
      let all = this.#all;
      for (const { tier, id, checked } of submitted) {
        const before = all.find((one) => one.tier === tier && one.id === id);
        if (before) checkVersion(before, checked);
        const table = tier === ownTier ? (before?.table ?? nextTable(all)) : undefined;
        const lookup = {
          ...{ tier, id, checked, table, spec: JSON.stringify(checked.json) },
          modifiedMs: await modifiedMs(id, checked.source),
        };
        all = [...all.filter((one) => one !== before), lookup];
        if (all.length > maxLookups)
          throw invalidInput(`there are ${maxLookups} lookups already; delete some before adding others`);
        await this.#load(transaction, lookup);
        await writeLookup(transaction, lookup);
      }
      return all;
    });
  }

  async remove(tier: string, id?: string): Promise<boolean> {
    const isMeant = (one: Lookup) => one.tier === tier && (id === undefined || one.id === id);
    if (!this.#all.some(isMeant)) return false;
    await this.#change(async (transaction) => {
      for (const lookup of this.#all.filter(isMeant)) await removeLookup(transaction, lookup);
      return this.#all.filter((one) => !isMeant(one));
    });
    return true;
  }

  async close(): Promise<void> {
    for (const timer of this.#polls.values()) clearInterval(timer);
    using _last = await this.#changing.acquire();
  }

  async *#entriesOf(relation: Sql): AsyncGenerator<Entry> {
    for await (const { rowCount, columns } of this.#store.read(sql`SELECT k, v FROM ${relation}`))
      for (let row = 0; row < rowCount; row++) yield [columns[0]?.[row] as string, columns[1]?.[row] as string | null];
  }

  #relation(id: string): Sql | undefined {
    const table = this.#all.find((one) => one.tier === ownTier && one.id === id)?.table;
    return table === undefined ? undefined : lookupTable(table);
  }

  async #change(work: (transaction: Transaction) => Promise<readonly Lookup[]>): Promise<void> {
    using _lock = await this.#changing.acquire();
    this.#take(await this.#store.transaction(work));
  }

  #take(all: readonly Lookup[]): void {
    const stay = new Set(all.map(({ checked }) => checked));
    for (const [lookup, timer] of this.#polls) {
      if (stay.has(lookup)) continue;
      clearInterval(timer);
      this.#polls.delete(lookup);
    }
    for (const { id, table, checked } of all) {
      const { pollMs = 0 } = checked.source.file ?? {};
      if (table === undefined || pollMs === 0 || this.#polls.has(checked)) continue;
      this.#polls.set(checked, setInterval(() => void this.#poll(id), Math.min(pollMs, longestTimerMs)).unref());
    }
    this.#all = all;
  }

  /** Loads a file's entries again when it has changed. What cannot be read leaves the entries as they are. */
  async #poll(id: string): Promise<void> {
    try {
      const isMeant = (one: Lookup) => one.tier === ownTier && one.id === id;
      const before = this.#all.find(isMeant);
      if (!before || (await modifiedMs(id, before.checked.source)) === before.modifiedMs) return;
      await this.#change(async (transaction) => {
        const lookup = this.#all.find(isMeant);
        if (!lookup) return this.#all;
        const changed = { ...lookup, modifiedMs: await modifiedMs(id, lookup.checked.source) };
        await this.#load(transaction, changed);
        await writeLookup(transaction, changed);
        return this.#all.map((one) => (one === lookup ? changed : one));
      });
    } catch (error) {
      this.#log.warn({ lookup: id, err: error }, "a lookup's file cannot be read; its entries stay as they are");
    }
  }

  async #load(transaction: Transaction, { id, table, checked }: Lookup): Promise<void> {
    if (table === undefined) return;
    const count = await fillLookup(transaction, table, checked.source.rows, maxEntries).catch((error: unknown) => {
      const { code } = asMillraceError(error);
      if (isFatal(error) || !checked.source.file || (code !== 'defect' && code !== 'invalidInput')) throw error;
      const [reason] = (error as Error).message.split('\n');
      throw invalidInput(`lookup '${id}': ${checked.source.file.path} cannot be read: ${reason}`, { cause: error });
    });
    if (count > maxEntries)
      throw new MillraceError(
        'tooLarge',
        `lookup '${id}' has more than ${maxEntries} entries; expected at most as many`,
      );
  }
}

const nextTable = (all: readonly Lookup[]): number => 1 + Math.max(0, ...all.map(({ table }) => table ?? 0));

/** Versions are compared as text, as Druid does. */
function checkVersion({ tier, id, checked: before }: Lookup, { version }: LookupSpec): void {
  if (version > before.version) return;
  throw new MillraceError(
    'conflict',
    `given update for lookup [${tier}]:[${id}] can't replace existing spec: its version '${version}' is not greater than '${before.version}'`,
  );
}

async function modifiedMs(id: string, { file }: LookupSource): Promise<number | undefined> {
  if (!file) return undefined;
  try {
    return Math.floor((await stat(file.path)).mtimeMs);
  } catch (cause) {
    throw invalidInput(`lookup '${id}': ${file.path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
