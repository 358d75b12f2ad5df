/** All functions of Druid's SQL by name in upper case, and the names that Druid has and we lack. */
import aggregate from './aggregate.ts';
import array from './array.ts';
import collect from './collect.ts';
import type { AggregateFunction, Named, ScalarFunction } from './define.ts';
import lookup from './lookup.ts';
import multiValue from './multi-value.ts';
import number from './number.ts';
import ofRow from './of-row.ts';
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
]);
export const aggregateFunctions: ReadonlyMap<string, AggregateFunction> = byName([...aggregate, ...ofRow, ...collect]);

export const sqlFunctionGaps: ReadonlySet<string> = new Set(
  `APPROX_QUANTILE APPROX_QUANTILE_DS APPROX_QUANTILE_FIXED_BUCKETS BLOOM_FILTER BLOOM_FILTER_TEST DECODE_BASE64_COMPLEX DS_CDF DS_GET_QUANTILE
  DS_GET_QUANTILES DS_HISTOGRAM DS_HLL DS_QUANTILES_SKETCH DS_QUANTILE_SUMMARY DS_RANK DS_THETA DS_TUPLE_DOUBLES
  GROUPING HLL_SKETCH_ESTIMATE HLL_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS HLL_SKETCH_TO_STRING HLL_SKETCH_UNION ILIKE IPV6_MATCH JSON_KEYS
  JSON_MERGE JSON_OBJECT JSON_PATHS JSON_QUERY JSON_QUERY_ARRAY JSON_VALUE MV_FILTER_PREFIX MV_FILTER_REGEX
  PARSE_JSON STRING_FORMAT TABLE THETA_SKETCH_ESTIMATE THETA_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS THETA_SKETCH_INTERSECT THETA_SKETCH_NOT THETA_SKETCH_UNION
  TO_JSON_STRING TRY_PARSE_JSON UNNEST`.split(/\s+/),
);
