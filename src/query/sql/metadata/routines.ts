/** INFORMATION_SCHEMA.ROUTINES. https://druid.apache.org/docs/latest/querying/sql-metadata-tables#routines-table */
import { documentedFunctions } from '../functions/documented.ts';
import { type Row, type SystemTable, systemColumns } from './define.ts';

export const routines: SystemTable = {
  columns: systemColumns('ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE IS_AGGREGATOR SIGNATURES?'),
  rows: () =>
    documentedFunctions().map(
      ({ name, takes, isAggregator }): Row => [
        ...['druid', 'INFORMATION_SCHEMA', name, 'FUNCTION', isAggregator ? 'YES' : 'NO'],
        signatures(name, takes),
      ],
    ),
};

/** Such as `'LPAD(<CHARACTER>, <INTEGER>, [<CHARACTER>])'`, in quotes as Calcite writes them, a line each. */
const signatures = (name: string, takes: readonly string[]): string | null =>
  takes.length === 0 ? null : takes.map((one) => `'${name}(${one})'`).join('\n');
