/**
 * Stored metrics as events: which aggregator takes them in again without changing what they say. A count goes on as a sum, a sum as a
 * sum, a minimum as a minimum. Sketches have none: each program's sketches are its own.
 */
import type { Checked } from '../catalog/index.ts';

export interface StoredMetric {
  /** Of the metric that is made. */
  readonly name: string;
  /** The field that holds the stored value. */
  readonly fieldName: string;
  /** The field that holds the time, in milliseconds, of a first or last value. */
  readonly timeColumn: string;
}

const numeric = /^(?:long|double|float)(?:Sum|Min|Max)$/;
const firstOrLast = /^(?:long|double|float|string)(?:First|Last)$/;

/** The aggregator's JSON; undefined for what cannot be taken in again exactly. */
export function combiningMetric(
  { spec }: Checked<'aggregator'>,
  { name, fieldName, timeColumn }: StoredMetric,
): Readonly<Record<string, unknown>> | undefined {
  const { type, maxStringBytes } = spec;
  if (type === 'count') return { type: 'longSum', name, fieldName };
  if (numeric.test(type)) return { type, name, fieldName };
  if (firstOrLast.test(type))
    return { type, name, fieldName, timeColumn, ...(maxStringBytes === undefined ? {} : { maxStringBytes }) };
  if (type === 'filtered')
    return combiningMetric(spec.aggregator as Checked<'aggregator'>, { name, fieldName, timeColumn });
  return undefined;
}

/** Whether its values can be added, or compared, whatever their order of arrival: the first of two of one time cannot. */
export const isComparable = ({ type }: Readonly<Record<string, unknown>>): boolean => numeric.test(String(type));
