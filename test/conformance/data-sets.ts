/** The data that a real Druid and millrace are asked about: the same lines under the same dataSchema. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { lines as numeric } from './numeric.ts';
import { lines as random } from './random/rows.ts';

export interface DataSet {
  readonly dataSchema: DataSchema;
  /** NDJSON. */
  readonly lines: string;
  /** Its segments are counted by cases; of the others millrace has a part live. */
  readonly isHandedOff?: true;
}

interface DataSchema extends Readonly<Record<string, unknown>> {
  readonly dataSource: string;
  readonly timestampSpec: { readonly column: string; readonly format: string };
}

const read = (name: string) => readFileSync(new URL(`data/${name}`, import.meta.url));
const wikipedia = gunzipSync(read('wikipedia.ndjson.gz')).toString();
const odd = read('odd.ndjson').toString();
const nested = read('nested.ndjson').toString();
const places = read('places.ndjson').toString();

const ofWikipedia = { timestampSpec: { column: 'time', format: 'iso' } };
const edits = [
  { type: 'count', name: 'count' },
  { type: 'longSum', name: 'added', fieldName: 'added' },
  { type: 'longSum', name: 'deleted', fieldName: 'deleted' },
  { type: 'doubleSum', name: 'delta', fieldName: 'delta' },
];

export const dataSets: readonly DataSet[] = [
  {
    lines: wikipedia,
    isHandedOff: true,
    dataSchema: {
      ...ofWikipedia,
      dataSource: 'wikipedia',
      dimensionsSpec: {
        dimensions: [
          'channel',
          'cityName',
          'comment',
          'countryName',
          'isAnonymous',
          'isRobot',
          { type: 'long', name: 'metroCode' },
          'namespace',
          'page',
          'regionName',
          'user',
        ],
      },
      metricsSpec: [...edits, { type: 'floatSum', name: 'deltaFloat', fieldName: 'delta' }],
      granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'none', rollup: false },
    },
  },
  {
    lines: wikipedia,
    isHandedOff: true,
    dataSchema: {
      ...ofWikipedia,
      dataSource: 'edits',
      dimensionsSpec: { dimensions: ['channel', 'countryName', 'isRobot', 'namespace'] },
      metricsSpec: [
        ...edits,
        { type: 'longMin', name: 'leastDelta', fieldName: 'delta' },
        { type: 'doubleMax', name: 'mostDelta', fieldName: 'delta' },
        { type: 'hyperUnique', name: 'users', fieldName: 'user' },
        {
          type: 'filtered',
          filter: { type: 'selector', dimension: 'isNew', value: 'true' },
          aggregator: { type: 'count', name: 'newPages' },
        },
      ],
      granularitySpec: { segmentGranularity: 'day', queryGranularity: 'hour', rollup: true },
    },
  },
  {
    lines: wikipedia,
    dataSchema: {
      ...ofWikipedia,
      dataSource: 'sketches',
      dimensionsSpec: { dimensions: ['channel', 'isRobot', 'namespace'] },
      // Users are fewer than these sketches keep, so that they are exact; pages are estimated, and of `added` the ranks.
      metricsSpec: [
        { type: 'count', name: 'count' },
        { type: 'HLLSketchBuild', name: 'hllUsers', fieldName: 'user' },
        { type: 'HLLSketchBuild', name: 'hllPages', fieldName: 'page', lgK: 8 },
        { type: 'thetaSketch', name: 'thetaUsers', fieldName: 'user' },
        { type: 'thetaSketch', name: 'thetaPages', fieldName: 'page', size: 512 },
        { type: 'quantilesDoublesSketch', name: 'deltas', fieldName: 'delta' },
        { type: 'quantilesDoublesSketch', name: 'added', fieldName: 'added', k: 32 },
      ],
      granularitySpec: { segmentGranularity: 'day', queryGranularity: 'hour', rollup: true },
    },
  },
  {
    lines: odd,
    isHandedOff: true,
    dataSchema: {
      dataSource: 'odd',
      timestampSpec: { column: 't', format: 'iso' },
      dimensionsSpec: {
        dimensions: [
          'name',
          'tags',
          'size',
          { type: 'long', name: 'n' },
          { type: 'double', name: 'd' },
          { type: 'float', name: 'f' },
        ],
      },
      metricsSpec: [{ type: 'count', name: 'count' }],
      granularitySpec: { segmentGranularity: 'day', queryGranularity: 'none', rollup: false },
    },
  },
  {
    lines: random,
    dataSchema: {
      dataSource: 'random',
      timestampSpec: { column: 't', format: 'iso' },
      dimensionsSpec: {
        dimensions: [
          's',
          'k',
          'm',
          { type: 'long', name: 'l' },
          { type: 'long', name: 'big' },
          { type: 'double', name: 'd' },
          { type: 'float', name: 'f' },
          { type: 'json', name: 'j' },
        ],
      },
      granularitySpec: { segmentGranularity: 'day', queryGranularity: 'none', rollup: false },
    },
  },
  {
    lines: nested,
    dataSchema: {
      dataSource: 'nested',
      timestampSpec: { column: 't', format: 'iso' },
      dimensionsSpec: {
        dimensions: [
          'name',
          'tags',
          { type: 'long', name: 'l' },
          { type: 'double', name: 'd' },
          { type: 'json', name: 'n' },
          { type: 'auto', name: 'as' },
          { type: 'auto', name: 'al' },
          { type: 'auto', name: 'ad' },
        ],
      },
      metricsSpec: [{ type: 'count', name: 'count' }],
      granularitySpec: { segmentGranularity: 'day', queryGranularity: 'none', rollup: false },
    },
  },
  {
    lines: numeric,
    dataSchema: {
      dataSource: 'numeric',
      timestampSpec: { column: 'ts', format: 'iso' },
      dimensionsSpec: {
        dimensions: [
          'market',
          'quality',
          { type: 'long', name: 'qualityLong' },
          { type: 'float', name: 'qualityFloat' },
          { type: 'double', name: 'qualityDouble' },
          'qualityNumericString',
          { type: 'long', name: 'longNumericNull' },
          { type: 'float', name: 'floatNumericNull' },
          { type: 'double', name: 'doubleNumericNull' },
          'placement',
          'placementish',
          'partial_null_column',
          'null_column',
        ],
      },
      metricsSpec: [
        { type: 'doubleSum', name: 'index', fieldName: 'index' },
        { type: 'doubleMin', name: 'indexMin', fieldName: 'index' },
        { type: 'floatMax', name: 'indexMaxFloat', fieldName: 'index' },
        { type: 'hyperUnique', name: 'quality_uniques', fieldName: 'quality' },
      ],
      granularitySpec: { segmentGranularity: 'month', queryGranularity: 'none', rollup: true },
    },
  },
  {
    lines: places,
    dataSchema: {
      dataSource: 'places',
      timestampSpec: { column: 't', format: 'iso' },
      dimensionsSpec: { dimensions: ['name'], spatialDimensions: [{ dimName: 'at', dims: ['lat', 'lon'] }] },
      metricsSpec: [{ type: 'count', name: 'count' }],
      granularitySpec: { segmentGranularity: 'day', queryGranularity: 'none', rollup: false },
    },
  },
];

/** The batch ingestion that loads a data set out of a folder of files named after the dataSources. */
export const batchTask = ({ dataSchema }: DataSet, folder: string) => ({
  type: 'index',
  spec: {
    dataSchema,
    ioConfig: {
      type: 'index',
      inputSource: { type: 'local', baseDir: folder, filter: `${dataSchema.dataSource}.ndjson` },
      inputFormat: { type: 'json' },
    },
    tuningConfig: { type: 'index', maxRowsPerSegment: 1_000_000 },
  },
});

/** The same with the lines in the task itself, for a Druid that may be elsewhere. */
export const inlineTask = ({ dataSchema, lines }: DataSet) => ({
  type: 'index',
  spec: {
    dataSchema,
    ioConfig: {
      type: 'index',
      inputSource: { type: 'inline', data: lines },
      inputFormat: { type: 'json' },
    },
    tuningConfig: { type: 'index', maxRowsPerSegment: 1_000_000 },
  },
});
