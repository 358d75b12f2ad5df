/** What sketch aggregators and post-aggregators read. */
import { z } from 'zod';
import { invalidInput } from '../../errors.ts';
import type { Sql } from '../../sql.ts';
import {
  type Checked,
  type ColumnType,
  compilePostAggregator,
  type FoldInput,
  type ResultScope,
  type Value,
} from '../define.ts';
import { stateOf } from '../post-field.ts';

export type SketchType =
  | 'COMPLEX<HLLSketch>'
  | 'COMPLEX<thetaSketch>'
  | 'COMPLEX<quantilesDoublesSketch>'
  | 'COMPLEX<KllDoublesSketch>'
  | 'COMPLEX<KllFloatsSketch>'
  | 'COMPLEX<approximateHistogram>'
  | 'COMPLEX<fixedBucketsHistogram>'
  | 'COMPLEX<variance>';

/** What is common to aggregators over one field. */
export const sketchFieldShape = { name: z.string().min(1), fieldName: z.string().min(1) };

/** A column that Druid, too, takes for one without values. */
const isMissing = ({ sql }: Value) => sql.text === 'NULL::VARCHAR';

/** The field as sketches of this type; undefined where it holds plain values, and a 400 for other sketches. */
export function storedSketch(spec: { fieldName: string }, type: SketchType, { scope }: FoldInput): Sql | undefined {
  const field = scope.column(spec.fieldName);
  if (field.type === type) return field.sql;
  if (field.type.startsWith('COMPLEX<')) throw notThese(spec.fieldName, field.type, type);
  return undefined;
}

/** The same for an aggregator that reads nothing but sketches: undefined where there is no such column. */
export function onlySketches(spec: { fieldName: string }, type: SketchType, input: FoldInput): Sql | undefined {
  const stored = storedSketch(spec, type, input);
  const field = input.scope.column(spec.fieldName);
  if (!stored && !isMissing(field)) throw notThese(spec.fieldName, field.type, type);
  return stored;
}

const notThese = (name: string, type: ColumnType, wanted: SketchType) =>
  invalidInput(`column '${name}' is of type ${type}; expected ${wanted}`);

/** A post-aggregator's field, which must be a sketch: a fieldAccess to an aggregator of sketches, or what makes new ones of them. */
export function sketchOf(field: Checked<'postAggregator'>, type: SketchType, results: ResultScope): Sql {
  const name = String(field.spec.fieldName ?? field.spec.name ?? field.spec.type);
  return required(name, compilePostAggregator(field, results), type);
}

/** The same of an aggregator by its name. */
export const namedSketch = (name: string, type: SketchType, results: ResultScope): Sql =>
  required(name, stateOf(results, name), type);

function required(name: string, value: Value, type: SketchType): Sql {
  if (value.type === type) return value.sql;
  throw invalidInput(
    `'${name}' is of type ${value.type}; expected ${type}, such as a fieldAccess to an aggregator of it`,
  );
}
