/** How far an estimate may lie from Druid's. */

/** Three standard errors: of hllUsers (1/√4096), hllPages (1/√256) and thetaPages (1/√512). */
export const users = 0.05;
export const pages = { hll: 0.27, theta: 0.19 };

/** HyperLogLog's count of the few is not quite whole. */
export const few = 1e-5;

/** How many rows hold a value in `added`: what is in a bin is wrong by a part of all, not of itself. */
const addedRows = 1963;
const ofAdded = (rankError: number) => ({
  rank: { within: rankError },
  histogram: { within: rankError * addedRows },
});

/** Twice the 6 % of all rows that Druid states for k = 32, as each ingestion draws at random. */
export const quantiles = ofAdded(2 * 0.06);
/** Twice the 1.65 % that it states for k = 200. */
export const kll = ofAdded(2 * 0.0165);
