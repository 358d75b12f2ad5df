import type { Case, Cases, Tolerance } from '../define.ts';
import { few, pages, quantiles, users } from './sketch-errors.ts';

const ask = (query: string, estimates: Readonly<Record<string, Tolerance>> = {}): Case => ({
  query: { queryType: 'sql', query },
  estimates,
});
const finns = `FROM sketches WHERE channel = '#fi.wikipedia'`;
const base64 = "Druid prints DataSketches' form in Base64, millrace its own as JSON";

export const sqlSketchCases: Cases = {
  'counts of stored sketches': ask(
    `SELECT APPROX_COUNT_DISTINCT_DS_HLL(hllUsers) AS users, APPROX_COUNT_DISTINCT_DS_HLL(hllPages, 8, 'HLL_8') AS hllPages,
      APPROX_COUNT_DISTINCT_DS_THETA(thetaUsers) AS thetaUsers, APPROX_COUNT_DISTINCT_DS_THETA(thetaPages, 512) AS thetaPages FROM sketches`,
    { users, hllPages: pages.hll, thetaPages: pages.theta },
  ),
  'counts of stored sketches, by group': ask(
    `SELECT isRobot, APPROX_COUNT_DISTINCT_DS_THETA(thetaPages, 512) AS thetaPages,
      APPROX_COUNT_DISTINCT_DS_HLL(hllUsers) FILTER (WHERE namespace = 'Main') AS users
      FROM sketches GROUP BY 1 HAVING APPROX_COUNT_DISTINCT_DS_THETA(thetaPages, 512) > 100 ORDER BY 2`,
    { users, thetaPages: pages.theta },
  ),
  'counts of raw values': ask(
    `SELECT APPROX_COUNT_DISTINCT_DS_HLL(name) AS a, APPROX_COUNT_DISTINCT_DS_HLL(tags) AS b, APPROX_COUNT_DISTINCT_DS_THETA(n) AS c,
      APPROX_COUNT_DISTINCT_DS_HLL_UTF8(name) AS d FROM odd`,
  ),
  'counts of hyperUnique columns': ask(
    'SELECT isRobot, APPROX_COUNT_DISTINCT_BUILTIN(users) AS a, APPROX_COUNT_DISTINCT(users) AS b, COUNT(DISTINCT users) AS c, COUNT(users) AS d FROM edits GROUP BY 1',
    { a: users, b: users, c: users },
  ),
  'a count of another sketch': ask('SELECT APPROX_COUNT_DISTINCT_DS_THETA(hllUsers) FROM sketches'),
  'COUNT(DISTINCT) of a sketch': ask('SELECT COUNT(DISTINCT hllUsers) FROM sketches'),
  'APPROX_COUNT_DISTINCT of a sketch': ask('SELECT APPROX_COUNT_DISTINCT(hllUsers) FROM sketches'),
  'COUNT of sketches': ask(
    `SELECT COUNT(thetaUsers) AS a, COUNT(thetaUsers) FILTER (WHERE isRobot = 'true') AS b FROM sketches`,
  ),
  HLL_SKETCH_ESTIMATE: ask('SELECT HLL_SKETCH_ESTIMATE(DS_HLL(hllUsers)) AS users FROM sketches', { users }),
  'HLL_SKETCH_ESTIMATE, rounded': ask(`SELECT HLL_SKETCH_ESTIMATE(DS_HLL(hllUsers), TRUE) AS a ${finns}`),
  'HLL_SKETCH_ESTIMATE of each row': {
    ...ask(`SELECT isRobot, HLL_SKETCH_ESTIMATE(hllUsers) AS a ${finns}`, { a: few }),
    unordered: true,
  },
  'HLL_SKETCH_ESTIMATE of raw values': ask('SELECT HLL_SKETCH_ESTIMATE(DS_HLL(name, 10)) AS a FROM odd', { a: few }),
  HLL_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS: {
    query: {
      queryType: 'sql',
      query: `SELECT HLL_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS(DS_HLL(hllUsers), 2) AS a ${finns}`,
      context: { sqlStringifyArrays: false },
    },
    estimates: { a: 1e-3 },
  },
  HLL_SKETCH_UNION: ask(
    `SELECT HLL_SKETCH_ESTIMATE(HLL_SKETCH_UNION(DS_HLL(hllUsers), DS_HLL(hllPages))) AS a ${finns}`,
    {
      a: few,
    },
  ),
  THETA_SKETCH_ESTIMATE: ask(
    'SELECT THETA_SKETCH_ESTIMATE(DS_THETA(thetaUsers)) / 2 AS a, THETA_SKETCH_ESTIMATE(DS_THETA(thetaPages, 512)) AS b FROM sketches',
    { b: pages.theta },
  ),
  THETA_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS: ask(
    'SELECT THETA_SKETCH_ESTIMATE_WITH_ERROR_BOUNDS(DS_THETA(thetaUsers), 2) AS a FROM sketches',
  ),
  'sets of theta sketches': ask(
    `SELECT THETA_SKETCH_ESTIMATE(THETA_SKETCH_UNION(DS_THETA(thetaUsers) FILTER (WHERE isRobot = 'true'), DS_THETA(thetaUsers))) AS a,
      THETA_SKETCH_ESTIMATE(THETA_SKETCH_INTERSECT(DS_THETA(thetaUsers) FILTER (WHERE isRobot = 'true'), DS_THETA(thetaUsers))) AS b,
      THETA_SKETCH_ESTIMATE(THETA_SKETCH_NOT(32768, DS_THETA(thetaUsers), DS_THETA(thetaUsers) FILTER (WHERE isRobot = 'true'))) AS c FROM sketches`,
  ),
  'quantiles, exact': ask(
    `SELECT DS_GET_QUANTILE(DS_QUANTILES_SKETCH(deltas), 0.5) AS a, APPROX_QUANTILE_DS(deltas, 0.9) AS b, APPROX_QUANTILE_DS(deltas, 0.25, 256) AS c,
      DS_RANK(DS_QUANTILES_SKETCH(deltas), 10) AS d, DS_RANK(DS_QUANTILES_SKETCH(deltas), -8) AS e ${finns}`,
  ),
  'quantiles as lists': ask(
    `SELECT DS_GET_QUANTILES(DS_QUANTILES_SKETCH(deltas), 0, 0.5, 1) AS a, DS_CDF(DS_QUANTILES_SKETCH(deltas), 0, 10) AS b,
      DS_HISTOGRAM(DS_QUANTILES_SKETCH(deltas), 0, 10) AS c ${finns}`,
  ),
  'quantiles of raw values': ask(
    `SELECT APPROX_QUANTILE_DS(n, 0.5) AS a, APPROX_QUANTILE_DS(n, 0.5) FILTER (WHERE name = 'nobody') AS b,
      DS_GET_QUANTILE(DS_QUANTILES_SKETCH(d, 64), 0.1) AS c, APPROX_QUANTILE_DS(name, 0.5) AS d FROM odd`,
  ),
  'quantiles of nothing': ask(
    `SELECT DS_CDF(DS_QUANTILES_SKETCH(n), 1) AS a, DS_GET_QUANTILES(DS_QUANTILES_SKETCH(n), 0.5) AS b FROM odd WHERE name = 'nobody'`,
  ),
  'estimated ranks': ask('SELECT DS_RANK(DS_QUANTILES_SKETCH(added, 32), 20) AS a FROM sketches', {
    a: quantiles.rank,
  }),
  'fractions between two values': ask(
    `SELECT APPROX_QUANTILE_DS(n, 0.1) AS a, DS_GET_QUANTILE(DS_QUANTILES_SKETCH(n), 0.1) AS b, DS_GET_QUANTILES(DS_QUANTILES_SKETCH(n), 0.1) AS c
      FROM odd WHERE n BETWEEN 1 AND 42`,
  ),
  'ranks of fractions': ask(
    'SELECT DS_RANK(DS_QUANTILES_SKETCH(d), 0.7) AS a, DS_RANK(DS_QUANTILES_SKETCH(d), 0.2) AS b, DS_CDF(DS_QUANTILES_SKETCH(d), 0.7) AS c FROM odd',
  ),
  'a quantile beyond 1': ask('SELECT APPROX_QUANTILE_DS(n, 1.5) FROM odd'),
  'a size that is no power of two': ask('SELECT DS_QUANTILES_SKETCH(n, 100) FROM odd'),
  'sketches of a subquery': ask(
    `SELECT THETA_SKETCH_ESTIMATE(DS_THETA(s, 512)) AS a, APPROX_QUANTILE_DS(q, 0.5) AS b
      FROM (SELECT namespace, DS_THETA(thetaUsers, 512) AS s, DS_QUANTILES_SKETCH(deltas, 64) AS q ${finns} GROUP BY 1)`,
  ),
  'a sketch as a result': { ...ask(`SELECT DS_THETA(thetaUsers) AS s ${finns}`), differs: base64 },
  'columns of sketches': ask(
    `SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'sketches' ORDER BY ORDINAL_POSITION`,
  ),
};
