/** What a conformance case is. */

/** A native query, or with the type `sql` the rest of the request to `/druid/v2/sql`. */
export type Query = Readonly<Record<string, unknown>> & { readonly queryType: string };

export interface Case {
  readonly query: Query;
  /** Druid promises no order of the rows. */
  readonly unordered?: true;
  /** Of fields that Druid estimates: how far the answers may lie apart. */
  readonly estimates?: Readonly<Record<string, Tolerance>>;
  /** Why millrace answers otherwise, on purpose or so far: it must, until it no longer does and this goes. */
  readonly differs?: string;
}

/** As a part of the larger answer, or in its own unit. */
export type Tolerance = number | { readonly within: number };

/** By name. */
export type Cases = Readonly<Record<string, Case>>;

export interface Answer {
  readonly status: number;
  /** JSON; of an error its text. */
  readonly body: unknown;
}

/** A Druid, or a millrace. */
export interface Asked {
  ask(query: Query): Promise<Answer>;
}
