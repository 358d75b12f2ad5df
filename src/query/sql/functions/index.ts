/** All functions of Druid's SQL by name in upper case. */
import aggregate from './aggregate.ts';
import array from './array.ts';
import collect from './collect.ts';
import type { AggregateFunction, Named, ScalarFunction } from './define.ts';
import json from './json.ts';
import lookup from './lookup.ts';
import multiValue from './multi-value.ts';
import number from './number.ts';
import ofRow from './of-row.ts';
import sketch from './sketch.ts';
import sketchReading from './sketch-reading.ts';
import string from './string.ts';
import time from './time.ts';

const byName = <F extends Named>(functions: readonly F[]): ReadonlyMap<string, F> =>
  new Map(
    functions.flatMap((entry) =>
      [...entry.names, ...(entry.parsedAs ? [entry.parsedAs] : [])].map((name) => [name, entry] as const),
    ),
  );

export const scalarFunctions: ReadonlyMap<string, ScalarFunction> = byName([
  ...string,
  ...lookup,
  ...number,
  ...time,
  ...array,
  ...multiValue,
  ...sketchReading,
  ...json,
]);
export const aggregateFunctions: ReadonlyMap<string, AggregateFunction> = byName([
  ...aggregate,
  ...sketch,
  ...ofRow,
  ...collect,
]);
