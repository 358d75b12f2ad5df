/** The numbers that metrics want of fields, so that an event is counted of which a field does not become one. */
import { type Checked, type ColumnType, compileFilter, type Scope, type Value } from '../catalog/index.ts';
import { toDouble, toFloat, toLong } from '../catalog/numbers.ts';
import { and, type Sql } from '../sql.ts';
import type { TableColumn } from '../store/table.ts';
import type { Conversions } from './conversions.ts';

type NumberType = Extract<ColumnType, 'LONG' | 'FLOAT' | 'DOUBLE'>;

const conversionsTo = { LONG: toLong, FLOAT: toFloat, DOUBLE: toDouble } as const;

export interface NumberInputs {
  readonly scope: Scope;
  /** Where fields that become no numbers are counted. */
  readonly conversions: Conversions | undefined;
  /** Where fields come as numbers, if nothing else is wanted of them. */
  readonly numbers?: (name: string) => Value;
}

/** The scope, in which a sum, minimum or maximum finds its field converted; of others it is only told whether it can be. */
export function numbersOf(
  metric: Checked<'aggregator'>,
  { type }: TableColumn,
  { scope, conversions, numbers }: NumberInputs,
): Scope {
  const isNumber = type === 'LONG' || type === 'FLOAT' || type === 'DOUBLE';
  // A filter sees the field as it is; of times a number is made that the field need not be.
  if (!isNumber || numberTypeOf(metric.spec.type) === undefined) {
    if (conversions) watch(metric, scope, conversions);
    return scope;
  }
  if (!conversions && !numbers) return scope;
  const column = (name: string): Value => {
    if (name !== metric.spec.fieldName) return scope.column(name);
    const given = (numbers ?? scope.column)(name);
    return conversions ? { sql: conversions.add(name, given, type, conversionsTo[type](given)), type } : given;
  };
  return { ...scope, column };
}

/** @param where which events it is asked of; undefined: all. */
function watch({ spec }: Checked<'aggregator'>, scope: Scope, conversions: Conversions, where?: Sql): void {
  if (spec.type === 'filtered') {
    const passes = compileFilter(spec.filter as Checked<'filter'>, scope);
    watch(spec.aggregator as Checked<'aggregator'>, scope, conversions, where ? and([where, passes]) : passes);
    return;
  }
  const type = numberTypeOf(spec.type);
  const { fieldName } = spec;
  if (type === undefined || typeof fieldName !== 'string') return;
  const given = scope.column(fieldName);
  conversions.add(fieldName, given, type, conversionsTo[type](given), where);
}

/** Aggregators of numbers are named after those that they read: `longSum`, `doubleFirst`. */
function numberTypeOf(aggregatorType: string): NumberType | undefined {
  const [, name] = /^(long|float|double)[A-Z]/.exec(aggregatorType) ?? [];
  return name?.toUpperCase() as NumberType | undefined;
}
