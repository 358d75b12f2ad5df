/** All functions as INFORMATION_SCHEMA.ROUTINES and the reference tell of them: those of the tables, and those that are language. */
import type { Named } from './define.ts';
import { aggregateFunctions, scalarFunctions } from './index.ts';

type Told = Pick<Named, 'names' | 'takes' | 'summary'>;

/** Window functions that are no aggregates. https://druid.apache.org/docs/latest/querying/sql-window-functions */
const windowFunctions: readonly Told[] = [
  { names: ['ROW_NUMBER'], takes: [''], summary: "The row's number in its window, from 1." },
  { names: ['RANK'], takes: [''], summary: 'One more than the rows before those that are equal to this one.' },
  { names: ['DENSE_RANK'], takes: [''], summary: 'One more than the different rows before.' },
  { names: ['PERCENT_RANK'], takes: [''], summary: 'The rank as a part of the rows, from 0 to 1.' },
  { names: ['CUME_DIST'], takes: [''], summary: 'The part of the rows that come before or are equal.' },
  { names: ['NTILE'], takes: ['<INTEGER>'], summary: 'Which of so many parts of the window the row is in.' },
  {
    names: ['LAG'],
    takes: ['<ANY>', '<ANY>, <NUMERIC>', '<ANY>, <NUMERIC>, <ANY>'],
    summary: 'The value so many rows before.',
  },
  {
    names: ['LEAD'],
    takes: ['<ANY>', '<ANY>, <NUMERIC>', '<ANY>, <NUMERIC>, <ANY>'],
    summary: 'The value so many rows behind.',
  },
  { names: ['FIRST_VALUE'], takes: ['<ANY>'], summary: "The value of the window's first row." },
  { names: ['LAST_VALUE'], takes: ['<ANY>'], summary: "The value of the window's last row." },
];

/** What the language itself has. */
const forms: readonly Told[] = [
  {
    names: ['CASE'],
    takes: [],
    summary: 'The value of the first condition that holds: `CASE WHEN x > 1 THEN y ELSE z END`.',
  },
  { names: ['CAST'], takes: [], summary: 'The value in another type; null for text that does not write one.' },
  {
    names: ['COALESCE'],
    takes: ['<EQUIVALENT_TYPE>, <EQUIVALENT_TYPE>, <...>'],
    summary: 'The first value that is not null.',
  },
  {
    names: ['NVL', 'IFNULL'],
    takes: ['<EQUIVALENT_TYPE>, <EQUIVALENT_TYPE>'],
    summary: 'The first value, or where it is null the second.',
  },
  {
    names: ['NULLIF'],
    takes: ['<COMPARABLE_TYPE>, <COMPARABLE_TYPE>'],
    summary: 'The first value; null where both are equal.',
  },
];

const groupings: readonly Told[] = [
  {
    names: ['GROUPING'],
    takes: ['...'],
    summary: 'Which of the expressions the row is not grouped by, a bit for each; with GROUPING SETS.',
  },
];

export interface DocumentedFunction {
  readonly name: string;
  readonly takes: readonly string[];
  readonly summary: string;
  readonly isAggregator: boolean;
}

/** By name. */
export function documentedFunctions(): readonly DocumentedFunction[] {
  const told = (functions: Iterable<Told>, isAggregator: boolean) =>
    [...functions].flatMap(({ names, takes, summary }) =>
      names.map((name) => ({ name, takes, summary, isAggregator })),
    );
  return [
    ...told([...new Set(scalarFunctions.values()), ...forms], false),
    ...told([...new Set(aggregateFunctions.values()), ...windowFunctions, ...groupings], true),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}
