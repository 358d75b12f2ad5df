import { invalidInput } from '../errors.ts';
import type { Sql } from '../sql.ts';
import type { Checked, FoldInput } from './define.ts';

/** An aggregator of a spec or query, bound to its spec. */
export const aggregator = (checked: Checked<'aggregator'>) => ({
  name: checked.spec.name as string,
  /** Whether a metricsSpec may name it. */
  ingestible: canMerge(checked),
  inputs: () => checked.entry.inputs(checked.spec),
  stateType: () => checked.entry.stateType(checked.spec),
  sqlType: () => checked.entry.sqlType(checked.spec),
  fold: (input: FoldInput) => checked.entry.fold(checked.spec, input),
  merge: (state: Sql): Sql => {
    if (!checked.entry.merge) throw invalidInput(`aggregator type '${checked.spec.type}' exists only at query time`);
    return checked.entry.merge(checked.spec, state);
  },
  finish: (state: Sql) => checked.entry.finish(checked.spec, state),
  foldWholeNumbers: () => checked.entry.foldWholeNumbers?.(checked.spec),
});

/** One that wraps another merges as far as that does. */
function canMerge({ entry, spec }: Checked<'aggregator'>): boolean {
  const inner = spec.aggregator as Checked<'aggregator'> | undefined;
  return entry.merge !== undefined && (inner === undefined || canMerge(inner));
}
