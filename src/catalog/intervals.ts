/** Intervals as queries and filters write them. https://druid.apache.org/docs/latest/querying/query-context-reference */
import { z } from 'zod';
import type { TypeIssueParams } from './define.ts';
import { type Interval, parseInterval } from './time.ts';

const intervalSchema = z.string().transform((text, context): Interval => {
  const interval = parseInterval(text);
  if (interval) return interval;
  const message = `'${text}' is no interval; expected start/end in ISO 8601, such as 2018-03-02/2018-03-08 or 2018-03-02/P1D`;
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

/** `"a/b"`, `"a/b,c/d"`, a list of them, or `{"type": "intervals", "intervals": […]}`; in the order in which they are written. */
export const intervalsSchema = z.preprocess((value, context) => {
  const written = typeof value === 'object' && value !== null && 'intervals' in value ? value.intervals : value;
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (type === 'segments') {
    const params: TypeIssueParams = { unsupported: true };
    context.issues.push({
      code: 'custom',
      message: "intervals of type 'segments' are not supported",
      params,
      input: value,
    });
    return [];
  }
  return typeof written === 'string' ? written.split(',').map((text) => text.trim()) : written;
}, z.array(intervalSchema));
