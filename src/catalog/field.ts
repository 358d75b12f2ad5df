/** What most aggregators read: a field, or an expression in its place. */
import { z } from 'zod';
import { type Sql, sql } from '../sql.ts';
import type { FoldInput, Value } from './define.ts';
import { compileExpression, expressionInputs } from './expression/index.ts';

/** `fieldName`, or `expression` in Druid's expression language: one of the two. */
export const fieldShape = {
  name: z.string().min(1),
  fieldName: z.string().min(1).optional(),
  expression: z.string().min(1).optional(),
};

export interface FieldSpec {
  readonly fieldName?: string | undefined;
  readonly expression?: string | undefined;
}

/** A schema of {@link fieldShape} that holds one of the two. */
export const oneOfFieldAndExpression = <S extends z.ZodType<FieldSpec>>(schema: S): S =>
  schema.refine((spec) => (spec.fieldName === undefined) !== (spec.expression === undefined), {
    error: 'expected either fieldName or expression',
  });

export function fieldInputs(spec: FieldSpec): readonly string[] {
  return spec.fieldName === undefined ? expressionInputs(spec.expression ?? '') : [spec.fieldName];
}

export function fieldValue(spec: FieldSpec, { scope }: FoldInput): Value {
  return spec.fieldName === undefined ? compileExpression(spec.expression ?? '', scope) : scope.column(spec.fieldName);
}

/** Milliseconds of the row's time, or of another LONG column. */
export function timeMillis(timeColumn: string | undefined, { scope }: FoldInput): Sql {
  return timeColumn === undefined || timeColumn === '__time'
    ? sql`epoch_ms(${scope.time})`
    : scope.column(timeColumn).sql;
}
