/** All functions of the expression language, by lower-case name, and the names that Druid has and we lack. */
import type { ExpressionFunction } from '../function.ts';
import array from './array.ts';
import bits from './bits.ts';
import general from './general.ts';
import ip from './ip.ts';
import json from './json.ts';
import lookup from './lookup.ts';
import math from './math.ts';
import readable from './readable.ts';
import string from './string.ts';
import time from './time.ts';

export const expressionFunctions: ReadonlyMap<string, ExpressionFunction> = new Map(
  [...general, ...math, ...bits, ...string, ...readable, ...time, ...array, ...json, ...ip, ...lookup].map((entry) => [
    entry.name.toLowerCase(),
    entry,
  ]),
);

export const functionGaps: ReadonlySet<string> = new Set(
  `format bloom_filter_test bloom_filter ulp
  map cartesian_map filter fold cartesian_fold any all mv_harmonize_nulls mv_to_array_or_null
  json_query json_query_array json_object parse_json try_parse_json json_paths json_merge
  ipv6_match decode_base64_complex complex_decode_base64
  hyper_unique hyper_unique_add hyper_unique_estimate hyper_unique_round_estimate spatial_within reduce`.split(/\s+/),
);
