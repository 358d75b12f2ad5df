/** Random queries of SQL with sketches. */
import fc from 'fast-check';
import { condition, where } from './sql-expressions.ts';

const distinct = fc.constantFrom('s', 'k', 'm', 'l');
const wide = fc.constantFrom('l', 'd', 'f', 'big');
const passing = fc
  .option(condition, { nil: undefined })
  .map((given) => (given === undefined ? '' : ` FILTER (WHERE ${given})`));
const setOf = fc
  .tuple(fc.constantFrom('UNION', 'INTERSECT', 'NOT'), distinct, passing, passing)
  .map(
    ([name, of, one, other]) =>
      `THETA_SKETCH_ESTIMATE(THETA_SKETCH_${name}(DS_THETA(${of})${one}, DS_THETA(${of})${other})) AS a`,
  );
/** Under the names that say how far an estimate may lie from Druid's. */
const sketched = fc.oneof(
  fc.tuple(distinct, passing).map(([of, filter]) => `APPROX_COUNT_DISTINCT_DS_THETA(${of})${filter} AS a`),
  fc.tuple(distinct, passing).map(([of, filter]) => `APPROX_COUNT_DISTINCT_DS_HLL(${of}, 14)${filter} AS a`),
  fc.tuple(distinct, passing).map(([of, filter]) => `HLL_SKETCH_ESTIMATE(DS_HLL(${of}, 14)${filter}) AS few`),
  // A theta sketch takes no floats.
  wide.filter((of) => of !== 'f').map((of) => `APPROX_COUNT_DISTINCT_DS_THETA(${of}, 256) AS "distinct"`),
  setOf,
  fc
    .tuple(wide, fc.constantFrom('0.05', '0.5', '0.9'), passing)
    .map(([of, fraction, filter]) => `APPROX_QUANTILE_DS(${of}, ${fraction}, 1024)${filter} AS a`),
  fc
    .tuple(wide, fc.constantFrom('-20', '0', '7'))
    .map(([of, value]) => `DS_RANK(DS_QUANTILES_SKETCH(${of}, 1024), ${value}) AS a`),
  fc
    .tuple(wide, fc.constantFrom('-20', '0', '7'))
    .map(([of, value]) => `1 + DS_RANK(DS_QUANTILES_SKETCH(${of}, 32), ${value}) AS "rank"`),
);
export const sketches = fc
  .tuple(fc.constantFrom('', 'k', 's', 'FLOOR(__time TO MONTH)'), sketched, where)
  .map(([key, of, filter]) =>
    key === ''
      ? `SELECT ${of} FROM random${filter}`
      : `SELECT ${key} AS g, COUNT(*) AS c, ${of} FROM random${filter} GROUP BY 1 ORDER BY 1`,
  );
