import { z } from 'zod';
import { or, sql } from '../../sql.ts';
import { anyValue, defineFilter } from '../define.ts';
import { intervalsSchema } from '../intervals.ts';
import { toLong } from '../numbers.ts';
import { operand, operandShape } from '../operand.ts';
import { withinIntervals } from '../time.ts';

const schema = z.object({ type: z.literal('interval'), ...operandShape, intervals: intervalsSchema });

export default defineFilter<z.infer<typeof schema>>({
  type: 'interval',
  summary: 'Passes the rows whose time, or a dimension with milliseconds, lies in one of some ISO 8601 intervals.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#interval-filter',
  schema,
  compile: (spec, scope) => {
    if (spec.dimension === '__time' && !spec.extractionFn) return withinIntervals(scope.time, spec.intervals);
    const dimension = operand(spec, scope);
    return anyValue(dimension, (single) => {
      const millis = toLong({ sql: single, type: dimension.type });
      return or(spec.intervals.map(({ start, end }) => sql`(${millis} >= ${start} AND ${millis} < ${end})`));
    });
  },
  examples: [
    {
      spec: { type: 'interval', dimension: '__time', intervals: ['2014-10-01/P1D', '2014-11-15/2014-11-16'] },
      matches: [{ __time: '2014-10-01T00:00:00.000Z' }, { __time: '2014-11-15T23:59:59.999Z' }],
      rejects: [{ __time: '2014-10-02T00:00:00.000Z' }],
    },
    {
      spec: { type: 'interval', dimension: 'n', intervals: ['1970-01-01/PT1S'] },
      matches: [{ n: 0 }, { n: 999 }],
      rejects: [{ n: 1000 }, { n: -1 }, {}],
    },
  ],
});
