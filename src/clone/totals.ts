/** The same question to both sides: how many rows, and the sums of all numbers in them. */
import { z } from 'zod';
import { parsedAnswer } from '../answer.ts';
import type { ColumnType } from '../catalog/index.ts';
import { formatInterval, type Interval } from '../catalog/time.ts';
import { validate } from '../catalog/validate.ts';
import type { Druid } from '../druid/index.ts';
import type { EmbeddedBackend } from '../embedded/index.ts';

/**
 * `rows`, and the sums of the columns in their order: `sum0`, `sum1` …, as no column can take these names then. Of fractions the sums of their
 * absolute values, too: `scale0` …. What is no number in JSON is its name, such as `NaN`.
 */
export type Totals = Readonly<Record<string, number | string | null>> & { readonly rows?: number };

type Ask = (query: object) => Promise<unknown>;

/** How long Druid may take for the sums of a part. */
const timeoutMs = 10 * 60_000;

export const askDruid =
  (druid: Druid): Ask =>
  (body) =>
    druid.json('broker', '/druid/v2', { method: 'POST', body, timeoutMs });

export type Asked = Pick<EmbeddedBackend, 'query'>;

export const askOf =
  (backend: Asked): Ask =>
  async (query) =>
    parsedAnswer((await backend.query(query)).chunks);

export interface NumericColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export const isNumeric = ({ type }: NumericColumn): boolean => ['LONG', 'FLOAT', 'DOUBLE'].includes(type);

const sum = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]).nullable();
const answers = z.array(z.object({ result: z.object({ rows: z.number() }).catchall(sum) }));

export async function totalsOf(
  ask: Ask,
  dataSource: string,
  interval: Interval,
  columns: readonly NumericColumn[],
): Promise<Totals> {
  const sums = columns.map(({ name, type }, index) => ({
    type: type === 'LONG' ? 'longSum' : 'doubleSum',
    name: `sum${index}`,
    fieldName: name,
  }));
  const answer = await ask({
    queryType: 'timeseries',
    dataSource,
    intervals: formatInterval(interval),
    granularity: 'all',
    aggregations: [{ type: 'count', name: 'rows' }, ...sums, ...columns.flatMap(scaleOf)],
    // What just came in must be there.
    context: { useCache: false, populateCache: false },
  });
  return validate(answers, answer, { what: 'totals' })[0]?.result ?? { rows: 0 };
}

const scaleOf = ({ name, type }: NumericColumn, index: number): object[] =>
  type === 'LONG' ? [] : [{ type: 'doubleSum', name: `scale${index}`, expression: `abs(${JSON.stringify(name)})` }];

/** Sums of fractions depend on the order in which they are added up: as a part of the sum of their absolute values, as they may cancel out. */
const tolerance = 1e-9;

export function areEqual(left: Totals, right: Totals): boolean {
  return Object.keys({ ...left, ...right }).every((name) => {
    const [a, b] = [left[name] ?? 0, right[name] ?? 0];
    if (a === b) return true;
    if (name === 'rows') return false;
    const scale = name.replace('sum', 'scale');
    return Math.abs(Number(a) - Number(b)) <= tolerance * Math.max(Number(left[scale] ?? 0), Number(right[scale] ?? 0));
  });
}
