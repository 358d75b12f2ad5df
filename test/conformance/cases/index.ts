/** All cases, by topic. */
import type { Cases } from '../define.ts';
import { aggregatorCases } from './aggregators.ts';
import { arrayCases } from './arrays.ts';
import { contextCases } from './context.ts';
import { dataSourceCases } from './data-sources.ts';
import { expressionCases } from './expressions.ts';
import { extractionCases } from './extractions.ts';
import { filterCases } from './filters.ts';
import { foldCases } from './folds.ts';
import { granularityCases } from './granularities.ts';
import { groupByCases } from './group-by.ts';
import { joinCases } from './joins.ts';
import { lookupCases } from './lookups.ts';
import { metadataCases } from './metadata.ts';
import { nestedCases } from './nested.ts';
import { numericCases } from './numeric.ts';
import { placeCases } from './places.ts';
import { postAggregatorCases } from './post-aggregators.ts';
import { rowsCases } from './rows.ts';
import { sketchCases } from './sketches.ts';
import { sqlCases } from './sql.ts';
import { sqlAggregateCases } from './sql-aggregates.ts';
import { sqlArrayCases } from './sql-arrays.ts';
import { sqlExplainCases } from './sql-explain.ts';
import { sqlJsonCases } from './sql-json.ts';
import { sqlLanguageCases } from './sql-language.ts';
import { sqlMetadataCases } from './sql-metadata.ts';
import { sqlMistakeCases } from './sql-mistakes.ts';
import { sqlMultiValueCases } from './sql-multi-values.ts';
import { sqlNumberCases } from './sql-numbers.ts';
import { sqlQueryCases } from './sql-queries.ts';
import { sqlRequestCases } from './sql-requests.ts';
import { sqlSketchCases } from './sql-sketches.ts';
import { sqlStringCases } from './sql-strings.ts';
import { sqlTimeCases } from './sql-times.ts';
import { timeseriesCases } from './timeseries.ts';
import { topNCases } from './top-n.ts';

export const topics: Readonly<Record<string, Cases>> = {
  numeric: numericCases,
  timeseries: timeseriesCases,
  'top-n': topNCases,
  'group-by': groupByCases,
  rows: rowsCases,
  metadata: metadataCases,
  filters: filterCases,
  places: placeCases,
  aggregators: aggregatorCases,
  'post-aggregators': postAggregatorCases,
  extractions: extractionCases,
  granularities: granularityCases,
  expressions: expressionCases,
  nested: nestedCases,
  folds: foldCases,
  arrays: arrayCases,
  context: contextCases,
  'data-sources': dataSourceCases,
  joins: joinCases,
  lookups: lookupCases,
  sketches: sketchCases,
  sql: sqlCases,
  'sql-language': sqlLanguageCases,
  'sql-metadata': sqlMetadataCases,
  'sql-sketches': sqlSketchCases,
  'sql-mistakes': sqlMistakeCases,
  'sql-multi-values': sqlMultiValueCases,
  'sql-queries': sqlQueryCases,
  'sql-requests': sqlRequestCases,
  'sql-arrays': sqlArrayCases,
  'sql-json': sqlJsonCases,
  'sql-strings': sqlStringCases,
  'sql-numbers': sqlNumberCases,
  'sql-times': sqlTimeCases,
  'sql-aggregates': sqlAggregateCases,
  'sql-explain': sqlExplainCases,
};
