import { z } from 'zod';
import { type Interval, parseInterval } from '../../catalog/time.ts';
import type { EventSource, FirehoseType } from './define.ts';

const interval = z.string().transform((text, context): Interval => {
  const parsed = parseInterval(text);
  if (parsed) return parsed;
  const message = `expected start/end in ISO 8601, such as 2013-08-31/2013-09-01 or 2013-08-31/P1D, got '${text}'`;
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

export const clipped: FirehoseType = {
  type: 'clipped',
  summary: 'Of another firehose the events whose time lies in an ISO 8601 interval.',
  schema: (delegate) =>
    z
      .object({ type: z.string(), interval, delegate })
      .transform(({ interval, delegate: sources }): EventSource[] =>
        sources.map((source) => ({ ...source, clips: [...source.clips, interval] })),
      ),
};
