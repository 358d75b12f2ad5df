/**
 * A realtime spec of the years before dataSchema, ioConfig and tuningConfig, laid out as one of those after:
 *
 *     schema    {dataSource, aggregators, indexGranularity, shardSpec}
 *     config    {maxRowsInMemory, intermediatePersistPeriod}
 *     firehose  {type, …, parser: {timestampSpec, data: {format, dimensions, …}, dimensionExclusions}}
 *     plumber   {type, windowPeriod, segmentGranularity, rejectionPolicy}
 *
 * https://github.com/apache/druid/blob/druid-0.5.54/docs/content/Realtime.md
 */
import { type JsonPath, valueAt } from '../catalog/validate.ts';

type Json = Readonly<Record<string, unknown>>;

export interface RealtimeLayout {
  /** With dataSchema, ioConfig and tuningConfig. */
  readonly value: unknown;
  /** Where what stands at a path of `value` was written. */
  original(path: JsonPath): JsonPath;
}

type Move = readonly [to: JsonPath, from: JsonPath];

/** Where a part goes, and where it was. Later ones go into earlier ones. */
const moves: readonly Move[] = [
  ['dataSchema.dataSource', 'schema.dataSource'],
  ['dataSchema.metricsSpec', 'schema.aggregators'],
  ['dataSchema.granularitySpec.queryGranularity', 'schema.indexGranularity'],
  ['dataSchema.granularitySpec.segmentGranularity', 'plumber.segmentGranularity'],
  ['ioConfig.firehose', 'firehose'],
  ['ioConfig.plumber', 'plumber'],
  ['tuningConfig', 'config'],
  ['tuningConfig.shardSpec', 'schema.shardSpec'],
  ['tuningConfig.windowPeriod', 'plumber.windowPeriod'],
  // The name that it had first.
  ['tuningConfig.rejectionPolicy', 'plumber.rejectionPolicyFactory'],
  ['tuningConfig.rejectionPolicy', 'plumber.rejectionPolicy'],
].map(([to = '', from = '']) => [to.split('.'), from.split('.')]);

/** Those of old that there are, as they are where there is nothing old. */
export function todaysLayout(spec: Json): RealtimeLayout {
  const isOld = 'schema' in spec && !('dataSchema' in spec);
  const firehosePath: JsonPath = isOld ? ['firehose'] : ['ioConfig', 'firehose'];
  const parserPath: JsonPath = [...firehosePath, 'parser'];
  const parser = valueAt(spec, parserPath);
  const hasParser = parser !== undefined && parser !== null && valueAt(spec, ['dataSchema', 'parser']) === undefined;
  const all = [...(isOld ? moves : []), ...(hasParser ? movesOfParser(parser, parserPath) : [])];
  if (all.length === 0) return { value: spec, original: (path) => path };
  return {
    value: all.reduce((value, [to, from]) => withAt(value, to, valueAt(spec, from)), isOld ? {} : spec),
    original: (path) => {
      const fitting = all.filter(([to]) => to.every((part, depth) => path[depth] === part));
      const moved = fitting.findLast(([, from]) => valueAt(spec, from) !== undefined) ?? fitting.at(-1);
      return moved ? [...moved[1], ...path.slice(moved[0].length)] : path;
    },
  };
}

const dimensionLists = ['dimensions', 'spatialDimensions'];

/** A parser that stands in the firehose; before there was a parseSpec, its parts stood in the parser itself. */
function movesOfParser(parser: unknown, path: JsonPath): readonly Move[] {
  const today: JsonPath = ['dataSchema', 'parser'];
  if (valueAt(parser, ['parseSpec']) !== undefined) return [[today, path]];
  const parts = Object.keys((valueAt(parser, ['data']) ?? {}) as object);
  const move = (to: JsonPath, from: JsonPath): Move => [
    [...today, 'parseSpec', ...to],
    [...path, ...from],
  ];
  return [
    move(['timestampSpec'], ['timestampSpec']),
    move(['dimensionsSpec', 'dimensionExclusions'], ['dimensionExclusions']),
    ...dimensionLists.map((name) => move(['dimensionsSpec', name], ['data', name])),
    ...parts.filter((name) => !dimensionLists.includes(name)).map((name) => move([name], ['data', name])),
  ];
}

/** A copy with a value at a path, objects made on the way; without a value as it was. */
function withAt(root: Json, [first, ...rest]: JsonPath, value: unknown): Json {
  if (value === undefined || first === undefined) return root;
  const key = String(first);
  const inner = root[key];
  if (rest.length === 0) return { ...root, [key]: value };
  return { ...root, [key]: withAt(typeof inner === 'object' && inner !== null ? (inner as Json) : {}, rest, value) };
}
