import { day, each, type Fields, morning, ofOdd, query } from '../build.ts';
import type { Cases } from '../define.ts';

const metadata = (dataSource: string, intervals: string) => (fields: Fields) =>
  query('segmentMetadata', dataSource, intervals, fields);
const everything = ['cardinality', 'interval', 'minmax', 'timestampSpec', 'queryGranularity', 'rollup'];

/** timeBoundary, segmentMetadata and dataSourceMetadata. */
export const metadataCases: Cases = {
  ...each(
    {
      boundary: {},
      'boundary: max': { bound: 'maxTime' },
      'boundary: min': { bound: 'minTime' },
      'boundary: filtered': { filter: { type: 'selector', dimension: 'name', value: 'beta' } },
      'boundary: nothing passes': { filter: { type: 'false' } },
      'boundary: of an interval': { intervals: '2024-10-27/2024-11-10' },
    },
    (fields) => ({ queryType: 'timeBoundary', dataSource: 'odd', ...fields }),
  ),
  'boundary: unknown dataSource': { query: { queryType: 'timeBoundary', dataSource: 'no such thing' } },
  'dataSource metadata': { query: { queryType: 'dataSourceMetadata', dataSource: 'odd' } },
  ...each(
    {
      merged: { merge: true },
      'merged, everything': { merge: true, analysisTypes: everything },
      'merged, some columns': { merge: true, toInclude: { type: 'list', columns: ['channel', 'added', 'nothing'] } },
      'merged, no columns': { merge: true, toInclude: { type: 'none' } },
      'merged, no analysis': { merge: true, analysisTypes: [] },
      'merged, aggregators': { merge: true, analysisTypes: ['aggregators'], lenientAggregatorMerge: true },
    },
    metadata('edits', day),
  ),
  'segment by segment': { query: metadata('wikipedia', '2015-09-12T03/2015-09-12T06')({}), unordered: true },
  'segments that the interval cuts': {
    query: metadata('wikipedia', morning)({}),
    unordered: true,
    differs: 'Druid tells of whole segments',
  },
  'odd, merged': { query: metadata('odd', ofOdd)({ merge: true, analysisTypes: everything }) },
  'odd, segment by segment': { query: metadata('odd', ofOdd)({ analysisTypes: everything }), unordered: true },
  'metadata of no rows': { query: metadata('odd', '2001-01-01/2001-02-01')({ merge: true }) },
};
