/**
 * What a registered lookup is made of. One type, one file: JSON → a SELECT of its entries.
 * https://druid.apache.org/docs/latest/querying/lookups
 */
import type { z } from 'zod';
import type { Sql } from '../../sql.ts';

export interface LookupSource {
  /** A SELECT of `k` and `v`, VARCHAR. Of several rows of one key the last counts. */
  readonly rows: Sql;
  /** Set where they are read from a file. */
  readonly file?: LookupFile;
}

export interface LookupFile {
  readonly path: string;
  /** Milliseconds after which it is looked at again; 0: never. */
  readonly pollMs: number;
}

export interface LookupType {
  readonly type: string;
  readonly summary: string;
  readonly see: string;
  readonly schema: z.ZodType<LookupSource>;
}
