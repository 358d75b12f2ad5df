/** INFORMATION_SCHEMA.ROUTINES. https://druid.apache.org/docs/latest/querying/sql-metadata-tables#routines-table */
import type { Named } from '../functions/define.ts';
import { aggregateFunctions, scalarFunctions } from '../functions/index.ts';
import { windowSignatures } from '../window.ts';
import { type Row, type SystemTable, systemColumns } from './define.ts';

export const routines: SystemTable = {
  columns: systemColumns('ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE IS_AGGREGATOR SIGNATURES?'),
  rows: () => [
    ...[...aggregateFunctions].flatMap(([name, one]) => routineOf(name, 'YES', one)),
    ...[...windowSignatures].map(([name, takes]) => row(name, 'YES', [takes])),
    ...[...scalarFunctions].flatMap(([name, one]) => routineOf(name, 'NO', one)),
  ],
};

/** What only the parser calls so is no routine. */
const routineOf = (name: string, aggregator: string, { names, takes }: Named): Row[] =>
  names.includes(name) ? [row(name, aggregator, takes)] : [];

/** Signatures such as `'LPAD(<CHARACTER>, <INTEGER>, [<CHARACTER>])'`, in quotes as Calcite writes them. */
const row = (name: string, aggregator: string, takes: readonly string[]): Row => [
  ...['druid', 'INFORMATION_SCHEMA', name, 'FUNCTION', aggregator],
  takes.map((one) => `'${name}(${one})'`).join('\n'),
];
