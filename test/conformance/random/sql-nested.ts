/** Random queries of SQL about what stands inside of a nested column. */
import fc from 'fast-check';
import { number, where } from './sql-expressions.ts';

const longs = fc.constantFrom('$.l', '$.o.l', '$.b', '$.al[0]', '$.ao[0].l');
const inside = fc.oneof(
  longs.map((path) => `JSON_VALUE(j, '${path}' RETURNING BIGINT)`),
  fc.constantFrom('$.d', '$.l').map((path) => `JSON_VALUE(j, '${path}' RETURNING DOUBLE)`),
  fc.constantFrom('$.s', '$.o.s', '$.as[0]', '$.nope', '$.o').map((path) => `JSON_VALUE(j, '${path}')`),
);
const shown = fc.oneof(
  inside,
  fc.constantFrom('$.o', '$.al', '$', '$.ao[0]', '$.s').map((path) => `TO_JSON_STRING(JSON_QUERY(j, '${path}'))`),
  fc.constantFrom('$', '$.o').map((path) => `JSON_KEYS(j, '${path}')`),
  fc.constantFrom("JSON_VALUE(j, '$.al' RETURNING BIGINT ARRAY)", "JSON_VALUE(j, '$.as' RETURNING VARCHAR ARRAY)"),
);
export const nested = fc.oneof(
  fc
    .tuple(inside, where)
    .map(
      ([key, filter]) => `SELECT ${key} AS g, COUNT(*) AS c, SUM(l) AS a FROM random${filter} GROUP BY 1 ORDER BY 1`,
    ),
  fc
    .tuple(fc.array(shown, { minLength: 1, maxLength: 3 }), where)
    .map(
      ([list, filter]) =>
        `SELECT ${list.map((one, i) => `${one} AS c${i}`).join(', ')} FROM random${filter} ORDER BY __time LIMIT 200`,
    ),
  fc
    .tuple(fc.constantFrom('SUM', 'MIN', 'MAX', 'AVG', 'COUNT'), longs, fc.constantFrom('BIGINT', 'DOUBLE'), where)
    .map(
      ([name, path, type, filter]) =>
        `SELECT k, ${name}(JSON_VALUE(j, '${path}' RETURNING ${type})) AS a FROM random${filter} GROUP BY 1 ORDER BY 1`,
    ),
  fc
    .tuple(longs, fc.constantFrom('=', '<>', '<', '>='), number)
    .map(
      ([path, test, value]) =>
        `SELECT k, COUNT(*) AS c FROM random WHERE JSON_VALUE(j, '${path}' RETURNING BIGINT) ${test} ${value} GROUP BY 1 ORDER BY 1`,
    ),
  fc
    .tuple(
      fc.constantFrom('$.s', '$.o.s', '$.as[0]'),
      fc.constantFrom("= 'a'", "<> 'a'", 'IS NULL', "IN ('a', 'p', '')", "LIKE 'x%'", "> 'b'"),
    )
    .map(
      ([path, test]) =>
        `SELECT k, COUNT(*) AS c FROM random WHERE JSON_VALUE(j, '${path}') ${test} GROUP BY 1 ORDER BY 1`,
    ),
);
