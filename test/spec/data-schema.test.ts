/** Defaults and rules: https://druid.apache.org/docs/latest/ingestion/ingestion-spec */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDataSource, restoreDataSource } from '../../src/spec/data-schema.ts';
import type { DataSource } from '../../src/spec/data-source.ts';
import { discoveredDataSource, validateDataSourceName } from '../../src/spec/discovered.ts';

type Json = Readonly<Record<string, unknown>>;
const read = (parts: Json = {}, inputFormat?: Json) => readDataSource({ dataSource: 'd', ...parts }, { inputFormat });
/** In the old form. */
const parse = (parseSpec: Json) => readDataSource({ dataSource: 'd', parser: { type: 'string', parseSpec } });

test('defaults', () => {
  const { timestamp, input, dimensions, discovery, rollup, segmentGranularity, queryGranularity, window } = read();
  assert.deepEqual(timestamp, { column: 'timestamp', format: 'auto' });
  assert.deepEqual(input, { type: 'json', rootFields: true, flatten: [] });
  assert.deepEqual(dimensions, []);
  assert.equal(discovery, 'strings');
  assert.equal(rollup, true);
  assert.equal(segmentGranularity.entry.type, 'day');
  assert.equal(queryGranularity.entry.type, 'none');
  assert.equal(window.policy, 'none');
});

test('the old and the new form of one schema are the same definition', () => {
  const timestampSpec = { column: 't', format: 'iso' };
  const dimensionsSpec = { dimensions: ['a', { type: 'long', name: 'b' }] };
  const flattenSpec = { fields: [{ type: 'path', name: 'c', expr: '$.x.y' }] };
  const today = read({ timestampSpec, dimensionsSpec }, { type: 'json', flattenSpec });
  assert.deepEqual(parse({ format: 'json', timestampSpec, dimensionsSpec, flattenSpec }), today);
});

test('dimensions are names or objects; types and multiValueHandling in any letter case', () => {
  const dimensions = [
    'a',
    { name: 'b', type: 'LONG' },
    { name: 'c', multiValueHandling: 'ARRAY' },
    { name: 'd', type: 'json' },
  ];
  assert.deepEqual(read({ dimensionsSpec: { dimensions } }).dimensions, [
    { name: 'a', type: 'string', multiValueHandling: 'sorted_array' },
    { name: 'b', type: 'long', multiValueHandling: 'sorted_array' },
    { name: 'c', type: 'string', multiValueHandling: 'array' },
    { name: 'd', type: 'json', multiValueHandling: 'sorted_array' },
  ]);
});

test('what is discovered, and what is left out of it', () => {
  const discovery = (dimensionsSpec: Json): DataSource['discovery'] => read({ dimensionsSpec }).discovery;
  assert.equal(discovery({ dimensions: [] }), 'strings');
  assert.equal(discovery({ dimensions: ['a'] }), 'none');
  assert.equal(discovery({ dimensions: ['a'], includeAllDimensions: 'true' }), 'strings');
  assert.equal(discovery({ useSchemaDiscovery: true }), 'types');
  const { exclusions } = read({
    timestampSpec: { column: 'when' },
    dimensionsSpec: { dimensionExclusions: ['secret'] },
    metricsSpec: [{ type: 'longSum', name: 'total', fieldName: 'bytes' }],
  });
  assert.deepEqual(new Set(exclusions), new Set(['secret', '__time', 'when', 'total', 'bytes']));
});

test('granularities in any letter case, as periods with a zone; numbers and booleans as text', () => {
  const { segmentGranularity, queryGranularity, rollup } = read({
    granularitySpec: {
      type: 'Uniform',
      segmentGranularity: 'HOUR',
      queryGranularity: { type: 'period', period: 'P1D', timeZone: 'Europe/Berlin' },
      rollup: 'false',
    },
  });
  assert.equal(segmentGranularity.entry.type, 'hour');
  assert.equal(queryGranularity.spec.timeZone, 'Europe/Berlin');
  assert.equal(rollup, false);
});

test('missingValue is a time', () => {
  assert.equal(read({ timestampSpec: { missingValue: '2010-01-01T00:00:00Z' } }).timestamp.missingValue, 1262304000000);
});

test('input formats', () => {
  const csv = { type: 'csv', columns: ['a', 'b'] };
  assert.deepEqual(read({}, csv).input, {
    type: 'delimited',
    delimiter: ',',
    quote: '"',
    listDelimiter: undefined,
    columns: ['a', 'b'],
  });
  const tsv = { type: 'TSV', columns: ['a'], listDelimiter: '|' };
  assert.deepEqual(read({}, tsv).input, {
    type: 'delimited',
    delimiter: '\t',
    quote: undefined,
    listDelimiter: '|',
    columns: ['a'],
  });
  assert.deepEqual(read({}, { type: 'regex', pattern: '(a)(b)' }).input, {
    type: 'regex',
    pattern: '(a)(b)',
    columns: ['column_1', 'column_2'],
    listDelimiter: undefined,
  });
});

test('a flattenSpec: root, path, and whether other fields are read', () => {
  const fields = [
    'plain',
    { type: 'root', name: 'r', expr: 'a.b' },
    { type: 'path', name: 'p', expr: "$.a['b c'][0].d" },
  ];
  assert.deepEqual(read({}, { type: 'json', flattenSpec: { useFieldDiscovery: 'false', fields } }).input, {
    type: 'json',
    rootFields: false,
    flatten: [
      { name: 'plain', root: 'plain', path: '$' },
      { name: 'r', root: 'a.b', path: '$' },
      { name: 'p', root: 'a', path: '$."b c"[0]."d"' },
    ],
  });
});

test('what is read is kept as JSON that reads the same', () => {
  const source = read({
    dimensionsSpec: { dimensions: ['a'] },
    metricsSpec: [{ type: 'count', name: 'n' }],
    granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute' },
    transformSpec: {
      transforms: [{ type: 'expression', name: 'b', expression: 'upper(a)' }],
      filter: { type: 'selector', dimension: 'a', value: 'x' },
    },
  });
  const kept = JSON.parse(
    JSON.stringify({ ...source.dataSchema, inputFormat: source.inputFormat, window: source.window }),
  );
  assert.deepEqual(restoreDataSource(kept).dataSchema, source.dataSchema);
});

const lookedUp = {
  type: 'selector',
  dimension: 'a',
  value: 'x',
  extractionFn: { type: 'registeredLookup', lookup: 'l' },
};

const mistakes: readonly (readonly [what: string, parts: Json, status: number, path: string, message: RegExp])[] = [
  [
    'an aggregator of queries',
    { metricsSpec: [{ type: 'doubleMean', name: 'm', fieldName: 'x' }] },
    400,
    '$.metricsSpec[0].type',
    /only at query time/,
  ],
  [
    'an aggregator that we lack',
    { metricsSpec: [{ type: 'arrayOfDoublesSketch', name: 'm', fieldName: 'x' }] },
    501,
    '$.metricsSpec[0].type',
    /not supported yet/,
  ],
  [
    'two columns of a name',
    { dimensionsSpec: { dimensions: ['a'] }, metricsSpec: [{ type: 'count', name: 'a' }] },
    400,
    '$.metricsSpec[0].name',
    /'a' already/,
  ],
  ['a timestamp format', { timestampSpec: { format: 'yyyy-QQ' } }, 400, '$.timestampSpec.format', /Joda pattern/],
  [
    'a missingValue',
    { timestampSpec: { missingValue: 'never' } },
    400,
    '$.timestampSpec.missingValue',
    /expected a time/,
  ],
  [
    '__time as a dimension',
    { dimensionsSpec: { dimensions: ['__time'] } },
    400,
    '$.dimensionsSpec.dimensions[0]',
    /leave it out/,
  ],
  [
    'a spatial dimension of the name of another one',
    { dimensionsSpec: { dimensions: ['s'], spatialDimensions: [{ dimName: 's' }] } },
    400,
    '$.dimensionsSpec.spatialDimensions[0]',
    /there is a column 's' already/,
  ],
  [
    'an expression',
    { transformSpec: { transforms: [{ type: 'expression', name: 'x', expression: 'uper(a)' }] } },
    400,
    '$.transformSpec.transforms[0].expression',
    /did you mean 'upper'/,
  ],
  ...[
    {
      what: 'an expression',
      parts: { transforms: [{ type: 'expression', name: 'x', expression: "lookup(a, 'l')" }] },
      path: '.transforms[0].expression',
    },
    { what: 'a filter', parts: { filter: lookedUp }, path: '.filter' },
  ].map(
    ({ what, parts, path }) =>
      [`a registered lookup in ${what}`, { transformSpec: parts }, 501, `$.transformSpec${path}`, /lookup/] as const,
  ),
  [
    'a registered lookup in an aggregator',
    { metricsSpec: [{ type: 'filtered', filter: lookedUp, aggregator: { type: 'count', name: 'c' } }] },
    501,
    '$.metricsSpec[0]',
    /lookup 'l'/,
  ],
  ['a name', { dataSource: '' }, 400, '$.dataSource', /blank/],
  ['no name', { dataSource: undefined }, 400, '$.dataSource', /expected a string, got nothing/],
];
for (const [what, parts, status, path, message] of mistakes) {
  test(`${what} is refused with its place`, () => {
    assert.throws(
      () => read(parts),
      (error: Error & { status?: number; place?: { path: string } }) => {
        assert.deepEqual({ status: error.status, path: error.place?.path }, { status, path });
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

const formatMistakes: readonly (readonly [what: string, inputFormat: Json, status: number, message: RegExp])[] = [
  [
    'jq',
    { type: 'json', flattenSpec: { fields: [{ type: 'jq', name: 'x', expr: '.a' }] } },
    501,
    /\$\.flattenSpec\.fields\[0\]\.type: .*'jq'/,
  ],
  [
    'a wildcard path',
    { type: 'json', flattenSpec: { fields: [{ type: 'path', name: 'x', expr: '$..a' }] } },
    400,
    /\$\.flattenSpec\.fields\[0\]\.expr: .*found '\$\.\.a'/,
  ],
  ['csv without columns', { type: 'csv' }, 400, /columns of csv/],
  [
    'header rows below none',
    { type: 'csv', columns: ['a'], skipHeaderRows: '-1' },
    400,
    /skipHeaderRows: .*at least 0/,
  ],
  ['avro', { type: 'avro_stream' }, 501, /'avro_stream' is not supported yet/],
  ['a misspelt format', { type: 'jsno' }, 400, /did you mean 'json'/],
  ['a regex without groups', { type: 'regex', pattern: 'a' }, 400, /a group for each column/],
  ['a look-ahead', { type: 'regex', pattern: '(a)(?=b)' }, 501, /look-around/],
];
for (const [what, inputFormat, status, message] of formatMistakes) {
  test(`${what} is refused`, () => assert.throws(() => read({}, inputFormat), { status, message }));
}

test('every mistake is listed, the first one leads', () => {
  const metricsSpec = [
    { type: 'cont', name: 'a' },
    { type: 'longSum', name: 5, fieldName: 'x' },
  ];
  assert.throws(() => read({ metricsSpec }), {
    message:
      /^\$\.metricsSpec\[0\]\.type: .*'cont'; did you mean 'count'\?; \$\.metricsSpec\[1\]\.name: expected a string, got 5$/,
  });
});

test('a dataSource that a push creates discovers its dimensions by type, and keeps every event', () => {
  const source = discoveredDataSource('d', 'ts');
  assert.equal(source.timestamp.column, 'ts');
  assert.equal(source.discovery, 'types');
  assert.equal(source.rollup, false);
  assert.equal(source.window.policy, 'none');
});

test('names as Druid takes them', () => {
  for (const name of ['pageViews-kafka', 'a b', 'ünïcödé', 'x'.repeat(255), `'; DROP TABLE x; --`])
    validateDataSourceName(name);
  for (const name of [
    '',
    '  ',
    '.hidden',
    'a/b',
    'a\tb',
    'a\u0000',
    'a\u00a0b',
    'x'.repeat(256),
    'ü'.repeat(128),
    '\ud800',
  ]) {
    assert.throws(() => validateDataSourceName(name), { status: 400 }, JSON.stringify(name));
  }
});
