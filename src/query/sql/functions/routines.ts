/** What INFORMATION_SCHEMA.ROUTINES tells of the functions. */
import type { Named } from './define.ts';
import { aggregateFunctions, scalarFunctions } from './index.ts';

export interface Routine {
  readonly name: string;
  /** As Druid prints them: `'ROUND(<NUMERIC>)'`, a line each. */
  readonly signatures: string;
  readonly isAggregator: boolean;
}

/** By name. */
export function routines(): readonly Routine[] {
  const told = (functions: ReadonlyMap<string, Named>, isAggregator: boolean) =>
    [...new Set(functions.values())].flatMap(({ names, takes }) =>
      names.map((name) => ({
        name,
        signatures: takes.map((form) => `'${name}(${form})'`).join('\n'),
        isAggregator,
      })),
    );
  return [...told(scalarFunctions, false), ...told(aggregateFunctions, true)].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}
