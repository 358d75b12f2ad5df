/** All functions of the expression language, by lower-case name, and the names that Druid has and we lack. */
import type { ExpressionFunction } from '../function.ts';
import array from './array.ts';
import general from './general.ts';
import math from './math.ts';
import string from './string.ts';
import time from './time.ts';

export const expressionFunctions: ReadonlyMap<string, ExpressionFunction> = new Map(
  [...general, ...math, ...string, ...time, ...array].map((entry) => [entry.name.toLowerCase(), entry]),
);

export const functionGaps: ReadonlySet<string> = new Set(
  `format lookup bloom_filter_test bloom_filter
  bitwiseand bitwisecomplement bitwiseconvertdoubletolongbits bitwiseconvertlongbitstodouble bitwiseor bitwiseshiftleft
  bitwiseshiftright bitwisexor getexponent nextafter nextup scalb ulp
  map cartesian_map filter fold cartesian_fold any all mv_harmonize_nulls mv_to_array_or_null
  json_value json_query json_query_array json_object parse_json try_parse_json to_json_string json_keys json_paths json_merge
  ipv4_match ipv4_parse ipv4_stringify ipv6_match decode_base64_utf8 decode_base64_complex complex_decode_base64
  human_readable_binary_byte_format human_readable_decimal_byte_format human_readable_decimal_format
  hyper_unique hyper_unique_add hyper_unique_estimate hyper_unique_round_estimate spatial_within reduce`.split(/\s+/),
);
