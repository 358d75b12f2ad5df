/**
 * The functions in JavaScript that Metabase's native driver sends, word for word (its query_processor.clj; white space as it joins
 * them). Expected values are by hand: 2018-03-06 and 08 are a Tuesday and a Thursday.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countSum, march, pages } from './pages.ts';
import { queryHarness, type Row } from './support.ts';

const week = `function (timestamp) { var date = new Date(timestamp); var firstDOW = new Date(date - ((date.getDay() + 0) * 86400000)); var month = firstDOW.getMonth() + 1; var day = firstDOW.getDate(); return '' + firstDOW.getFullYear() + '-' + (month < 10 ? '0' : '') + month + '-' + (day < 10 ? '0' : '') + day;}`;
const weekOfYear =
  'function (timestamp) { var date = new Date(timestamp); var firstDOW = new Date(date - ((date.getDay() + 1) * 86400000)); var dayOfYear = (Date.UTC(firstDOW.getFullYear(), firstDOW.getMonth(), firstDOW.getDate()) - Date.UTC(firstDOW.getFullYear(), 0, 0)) / 24 / 60 / 60 / 1000; return Math.floor(dayOfYear / 7) + 1;}';
const dayOfWeek =
  'function (timestamp) { var date = new Date(timestamp); var dayOfWeek = (date.getDay() + 1 + 6) % 7; return (dayOfWeek == 0) ? 7 : dayOfWeek;}';
const quarter = `function (timestamp) { var date = new Date(timestamp); var month = date.getMonth() + 1; var quarterMonth = month - ((month - 1) % 3); return '' + date.getFullYear() + '-' + (quarterMonth < 10 ? '0' : '') + quarterMonth + '-01';}`;

describe("Metabase's functions", () => {
  const { ask } = queryHarness(pages);
  const groups = async (text: string) => {
    const extractionFn = { type: 'javascript', function: text };
    const rows = (await ask({
      queryType: 'groupBy',
      dataSource: 'pages',
      intervals: march,
      granularity: 'all',
      dimensions: [{ type: 'extraction', dimension: '__time', outputName: 'timestamp', extractionFn }],
      aggregations: [],
      context: { resultAsArray: true },
    })) as unknown[][];
    return rows.flat();
  };
  const aggregate = async (aggregation: Row, more: Row = {}) => {
    const query = { queryType: 'timeseries', dataSource: 'pages', intervals: march, granularity: 'all' };
    const aggregations = [countSum, { type: 'javascript', name: 'x', ...aggregation }];
    const [row] = (await ask({ ...query, aggregations, ...more })) as { result: { x: unknown } }[];
    return row?.result.x;
  };

  it('weeks and quarters', async () => {
    assert.deepEqual(await groups(week), ['2018-03-04']);
    // One day before Sunday is Saturday 2018-03-03, the 62nd day.
    assert.deepEqual(await groups(weekOfYear), ['9']);
    // Weeks that begin on Monday: Tuesday is the 2nd day, Thursday the 4th.
    assert.deepEqual(await groups(dayOfWeek), ['2', '4']);
    assert.deepEqual(await groups(quarter), ['2018-01-01']);
  });

  it('sums, minima and maxima of a dimension, as numbers', async () => {
    const of = (field: string, aggregated: string, combined: string, reset: string) => ({
      fieldNames: [field],
      fnReset: `function() { return ${reset} ; }`,
      fnAggregate: `function(current, x) { return ${aggregated}; }`,
      fnCombine: `function(x, y) { return ${combined}; }`,
    });
    const sum = of('status', 'current + (parseFloat(x) || 0)', 'x + y', '0');
    const min = of(
      'status',
      'Math.min(current, (parseFloat(x) || Number.MAX_VALUE))',
      'Math.min(x, y)',
      'Number.MAX_VALUE',
    );
    const max = of(
      'status',
      'Math.max(current, (parseFloat(x) || Number.MIN_VALUE))',
      'Math.max(x, y)',
      'Number.MIN_VALUE',
    );
    assert.equal(await aggregate(sum), 200 + 404 + 500);
    assert.equal(await aggregate(min), 200);
    assert.equal(await aggregate(max), 500);
    const none = { filter: { type: 'selector', dimension: 'url', value: 'nowhere' } };
    assert.equal(await aggregate(sum, none), 0);
    assert.equal(await aggregate(min, none), Number.MAX_VALUE);
  });

  it('arithmetic over several columns', async () => {
    const fnAggregate =
      'function(current, count, latency) { return (current + ((parseFloat(count) || 0) * (parseFloat(latency) || 0) * 2)); }';
    const functions = { fnReset: 'function() { return 0; }', fnCombine: 'function(x, y) { return (x + y); }' };
    const once = await aggregate({ fieldNames: ['count', 'latency'], fnAggregate, ...functions });
    const expression = { type: 'doubleSum', name: 'x', expression: 'count * latency * 2' };
    assert.equal(once, await aggregate(expression));
  });

  it('anything else is refused by its name', async () => {
    const refused = { code: 'unsupported', message: /JavaScript is not run/ };
    await assert.rejects(groups('function (t) { return t; }'), refused);
    await assert.rejects(
      aggregate({
        fieldNames: ['status'],
        fnAggregate: 'function(current, x) { return current + Math.sqrt(x); }',
        fnCombine: 'function(x, y) { return x + y; }',
        fnReset: 'function() { return 0; }',
      }),
      refused,
    );
  });
});
