import { z } from 'zod';
import { parseInstant } from '../../catalog/time.ts';
import type { EventSource, FirehoseType } from './define.ts';

const instant = z.string().transform((text, context): number => {
  const parsed = parseInstant(text);
  if (parsed !== undefined) return parsed;
  const message = `expected an ISO 8601 instant such as 2026-01-31T00:00:00Z, got '${text}'`;
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

export const timed: FirehoseType = {
  type: 'timed',
  summary: 'Another firehose, which is shut off at `shutoffTime`.',
  schema: (delegate) =>
    z
      .object({ type: z.string(), shutoffTime: instant, delegate })
      .transform(({ shutoffTime, delegate: sources }): EventSource[] =>
        sources.map((source) => ({
          ...source,
          untilMs: Math.min(shutoffTime, source.untilMs ?? Number.POSITIVE_INFINITY),
        })),
      ),
};
