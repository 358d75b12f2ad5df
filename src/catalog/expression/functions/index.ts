/** All functions of the expression language, by lower-case name, and the names that Druid has and we lack. */
import type { ExpressionFunction } from '../function.ts';
import apply from './apply.ts';
import array from './array.ts';
import bits from './bits.ts';
import format from './format.ts';
import general from './general.ts';
import ip from './ip.ts';
import json from './json.ts';
import lookup from './lookup.ts';
import math from './math.ts';
import readable from './readable.ts';
import string from './string.ts';
import time from './time.ts';

const functions = [general, math, bits, string, format, readable, time, array, apply, json, ip, lookup].flat();

export const expressionFunctions: ReadonlyMap<string, ExpressionFunction> = new Map(
  functions.map((entry) => [entry.name.toLowerCase(), entry]),
);

export const functionGaps: ReadonlySet<string> = new Set(
  `bloom_filter_test bloom_filter
  decode_base64_complex complex_decode_base64
  hyper_unique hyper_unique_add hyper_unique_estimate hyper_unique_round_estimate`.split(/\s+/),
);
