/** variance and stddev over what is stored in parts, of numbers whose mean is far from 0. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Event, temporaryBackend } from '../support/backend.ts';

const far = 1e6;
/** Their mean is 5, the squared distances from it add up to 32. */
const values = [2, 4, 4, 4, 5, 5, 7, 9];

/** 32 / 7 */
const sample = 4.571429;

/** To six places: the engine knows the squares of large numbers' distances no better. */
const rounded = (answer: unknown) =>
  JSON.parse(JSON.stringify(answer), (_key, value) => (typeof value === 'number' ? Number(value.toFixed(6)) : value));

const schema = {
  dataSource: 'delays',
  timestampSpec: { column: 'time', format: 'auto' },
  dimensionsSpec: { dimensions: ['host', { type: 'double', name: 'plain' }] },
  metricsSpec: [{ type: 'variance', name: 'spread', fieldName: 'ms', inputType: 'double' }],
  granularitySpec: { segmentGranularity: 'hour', queryGranularity: 'minute' },
};

const minute = (i: number) => `2026-01-01T00:0${i % 5}:00Z`;
const events = values.map((ms, i) => ({ time: minute(i), host: `h${i % 3}`, ms: far + ms, plain: far + ms }));

it('what was rolled up and handed off in parts has the variance of the whole', async () => {
  await using test = await temporaryBackend();
  await test.define(schema);
  await test.push('delays', events.slice(0, 3));
  await test.backend.handOff('delays');
  await test.push('delays', [...events.slice(3), { time: minute(0), host: 'none' }]);
  const ask = async (aggregations: readonly Event[], postAggregations: readonly Event[] = [], more: Event = {}) => {
    const query = { queryType: 'timeseries', dataSource: 'delays', intervals: '2026-01-01/P1D', granularity: 'all' };
    const [row] = await test.query({ ...query, aggregations, postAggregations, ...more });
    return row && rounded(row.result);
  };
  const population = { type: 'variance', name: 'v', fieldName: 'spread', estimator: 'population' };
  assert.deepEqual(await ask([population]), { v: 4 });
  assert.deepEqual(await ask([{ ...population, type: 'varianceFold', estimator: null }]), { v: sample });
  assert.deepEqual(await ask([{ ...population, fieldName: 'plain' }]), { v: 4 });
  assert.deepEqual(
    await ask(
      [population],
      [
        { type: 'stddev', name: 'deviation', fieldName: 'v', estimator: 'population' },
        {
          type: 'arithmetic',
          name: 'half',
          fn: '/',
          fields: [
            { type: 'finalizingFieldAccess', fieldName: 'v' },
            { type: 'constant', value: 2 },
          ],
        },
      ],
    ),
    { v: 4, deviation: 2, half: 2 },
  );
  // 2 and 5 at the first minute, 4 and 7 at the second.
  const [first, second] = await test.query({
    queryType: 'timeseries',
    dataSource: 'delays',
    intervals: '2026-01-01/P1D',
    granularity: 'minute',
    aggregations: [{ ...population, name: 'v', estimator: 'sample' }],
  });
  assert.deepEqual(rounded([first.result.v, second.result.v]), [4.5, 4.5]);
  const nobody = { filter: { type: 'selector', dimension: 'host', value: 'nobody' } };
  const deviation = { type: 'stddev', name: 'deviation', fieldName: 'v' };
  assert.deepEqual(await ask([population], [deviation], nobody), { v: null, deviation: null });
  await assert.rejects(
    ask([{ ...population, type: 'varianceFold', fieldName: 'plain' }]),
    /'plain' is of type DOUBLE; expected COMPLEX<variance>/,
  );
});

it('SQL: of numbers and of what is stored', async () => {
  await using test = await temporaryBackend();
  await test.define(schema);
  await test.push('delays', events);
  const ask = async (query: string) => rounded(await test.sql(query));
  assert.deepEqual(
    await ask(
      'SELECT VAR_POP(plain), VARIANCE(plain), STDDEV_POP(plain), VAR_POP(spread), STDDEV_POP(spread), VARIANCE(spread) FROM delays',
    ),
    [[4, sample, 2, 4, 2, sample]],
  );
  // One value has none, infinite ones have one that is not a number.
  assert.deepEqual(
    await ask(
      "SELECT STDDEV(plain), VAR_POP(spread) FROM delays WHERE host = 'h0' AND __time < TIMESTAMP '2026-01-01 00:00:30'",
    ),
    [[0, 0]],
  );
  assert.deepEqual(await ask('SELECT VAR_POP(plain / 0.0) FROM delays'), [['NaN']]);
});
