/** Formats, headers, parameters and context of a request. https://druid.apache.org/docs/latest/api-reference/sql-api */
import { each, type Fields, sql } from '../build.ts';
import type { Cases } from '../define.ts';

const channels = 'SELECT channel FROM edits GROUP BY 1 ORDER BY 1';
const typed = { typesHeader: true, sqlTypesHeader: true };

const cases: Readonly<Record<string, readonly [query: string, more: Fields]>> = {
  'an outer limit': [channels, { context: { sqlOuterLimit: 2 } }],
  'an outer limit as text': [`${channels} LIMIT 5`, { context: { sqlOuterLimit: '2' } }],
  'an outer limit above the limit': [`${channels} LIMIT 2`, { context: { sqlOuterLimit: 5 } }],
  'arrays as lists': ["SELECT ARRAY[1, 2], ARRAY['a', NULL]", { context: { sqlStringifyArrays: false } }],
  'arrays as text': ["SELECT ARRAY[1, 2], ARRAY['a']", {}],
  'an array of a dimension': [
    "SELECT MV_TO_ARRAY(tags) FROM odd WHERE name = 'alpha' ORDER BY __time",
    { context: { sqlStringifyArrays: false } },
  ],
  'multi-values stay text': [
    "SELECT tags FROM odd WHERE name = 'alpha' ORDER BY __time",
    { context: { sqlStringifyArrays: false } },
  ],
  'times stay text': ['SELECT MIN(__time) FROM edits', { context: { serializeDateTimeAsLong: true } }],
  'a zone': ['SELECT FLOOR(MIN(__time) TO DAY) FROM edits', { context: { sqlTimeZone: 'Asia/Kathmandu' } }],
  'a zone that is none': ['SELECT MIN(__time) FROM edits', { context: { sqlTimeZone: 'nowhere' } }],
  'types of columns': ['SELECT __time, channel, added, delta, users FROM edits LIMIT 0', typed],
  'types of expressions': [
    "SELECT COUNT(*), SUM(added), AVG(delta), MAX(__time), COUNT(*) > 1, DATE '2020-01-01', ARRAY[1] FROM edits",
    typed,
  ],
  'types in objects': ['SELECT COUNT(*) AS c FROM edits', { resultFormat: 'object', ...typed }],
  'a header of objects': ['SELECT COUNT(*) AS c FROM edits', { resultFormat: 'object' }],
  'types without a header': ['SELECT 1', { header: false, typesHeader: true }],
  'a format that is none': ['SELECT 1', { resultFormat: 'xml' }],
  'an array for a parameter': [
    'SELECT ?, ?',
    {
      parameters: [
        { type: 'ARRAY', value: [1, 2] },
        { type: 'ARRAY', value: ['a'] },
      ],
    },
  ],
  'in an array': [
    'SELECT COUNT(*) FROM edits WHERE SCALAR_IN_ARRAY(channel, ?)',
    { parameters: [{ type: 'ARRAY', value: ['#en.wikipedia', '#de.wikipedia'] }] },
  ],
  'a parameter that is cast': ['SELECT CAST(? AS BIGINT)', { parameters: [{ type: 'VARCHAR', value: '12' }] }],
  'a limit that is a parameter': [`${channels} LIMIT ?`, { parameters: [{ type: 'BIGINT', value: 1 }] }],
  'a time for a parameter': ['SELECT ?', { parameters: [{ type: 'TIMESTAMP', value: '2020-01-01 00:00:00' }] }],
  'a parameter too few': ['SELECT ?', { parameters: [] }],
};

export const sqlRequestCases: Cases = each(cases, ([query, more]) => sql(query, more));
