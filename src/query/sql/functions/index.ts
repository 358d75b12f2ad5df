/** All functions of Druid's SQL by name in upper case, and the names that Druid has and we lack. */
import aggregate from './aggregate.ts';
import array from './array.ts';
import type { AggregateFunction, Named, ScalarFunction } from './define.ts';
import multiValue from './multi-value.ts';
import number from './number.ts';
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
  ...number,
  ...time,
  ...array,
  ...multiValue,
]);
export const aggregateFunctions: ReadonlyMap<string, AggregateFunction> = byName(aggregate);

export const sqlFunctionGaps: ReadonlySet<string> = new Set(
  `APPROX_QUANTILE APPROX_QUANTILE_DS APPROX_QUANTILE_FIXED_BUCKETS ARRAY ARRAY_AGG ARRAY_APPEND ARRAY_CONCAT
  ARRAY_CONCAT_AGG ARRAY_CONTAINS ARRAY_LENGTH ARRAY_OFFSET ARRAY_OFFSET_OF ARRAY_ORDINAL ARRAY_ORDINAL_OF ARRAY_OVERLAP
  ARRAY_PREPEND ARRAY_SLICE ARRAY_TO_MV ARRAY_TO_STRING
  BIT_AND BIT_OR BIT_XOR BLOOM_FILTER
  BLOOM_FILTER_TEST DECODE_BASE64_COMPLEX DS_CDF DS_GET_QUANTILE DS_GET_QUANTILES DS_HISTOGRAM DS_HLL
  DS_QUANTILES_SKETCH DS_QUANTILE_SUMMARY DS_RANK DS_THETA DS_TUPLE_DOUBLES GROUPING HLL_SKETCH_ESTIMATE
  HLL_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS HLL_SKETCH_TO_STRING HLL_SKETCH_UNION
  ILIKE IPV6_MATCH
  JSON_KEYS JSON_MERGE JSON_OBJECT JSON_PATHS JSON_QUERY JSON_QUERY_ARRAY JSON_VALUE LOOKUP MV_APPEND MV_CONCAT MV_CONTAINS
  MV_FILTER_NONE MV_FILTER_ONLY MV_FILTER_PREFIX MV_FILTER_REGEX MV_LENGTH MV_OFFSET MV_OFFSET_OF MV_ORDINAL MV_ORDINAL_OF
  MV_OVERLAP MV_PREPEND MV_SLICE MV_TO_ARRAY MV_TO_STRING PARSE_JSON STRING_FORMAT STRING_TO_ARRAY STRING_TO_MV
  TABLE THETA_SKETCH_ESTIMATE THETA_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS THETA_SKETCH_INTERSECT THETA_SKETCH_NOT
  THETA_SKETCH_UNION TO_JSON_STRING TRY_PARSE_JSON UNNEST`.split(/\s+/),
);
