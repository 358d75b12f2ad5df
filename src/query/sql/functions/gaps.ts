/** Functions that Druid documents and millrace lacks, and why. They are answered with 501 and their name. */
export const sqlFunctionGaps: ReadonlyMap<string, string> = new Map([
  ['APPROX_QUANTILE_FIXED_BUCKETS', 'histograms of fixed buckets, of the extension druid-histogram'],
  ['BLOOM_FILTER', 'Bloom filters, of the extension druid-bloom-filter'],
  ['BLOOM_FILTER_TEST', 'Bloom filters, of the extension druid-bloom-filter'],
  ['COMPLEX_DECODE_BASE64', "sketches in Druid's own binary form"],
  ['DECODE_BASE64_COMPLEX', "sketches in Druid's own binary form"],
  ['DS_QUANTILE_SUMMARY', 'the inside of a sketch, as text'],
  ['DS_TUPLE_DOUBLES', 'tuple sketches'],
  ['DS_TUPLE_DOUBLES_INTERSECT', 'tuple sketches'],
  ['DS_TUPLE_DOUBLES_METRICS_SUM_ESTIMATE', 'tuple sketches'],
  ['DS_TUPLE_DOUBLES_NOT', 'tuple sketches'],
  ['DS_TUPLE_DOUBLES_UNION', 'tuple sketches'],
  ['HLL_SKETCH_TO_STRING', 'the inside of a sketch, as text'],
  ['MV_FILTER_PREFIX', 'of Druids after 33'],
  ['MV_FILTER_REGEX', 'of Druids after 33'],
]);
