import { z } from 'zod';
import { lenientNumber, optional } from '../../spec/lenient.ts';
import type { EventSource, FirehoseType } from './define.ts';

const defaultBufferSize = 100_000;

export const receiver: FirehoseType = {
  type: 'receiver',
  summary:
    'Takes what is posted to `/druid/worker/v1/chat/{serviceName}/push-events`. At most `bufferSize` events (100000) wait; beyond that a post is ' +
    'answered 503.',
  schema: () =>
    z
      .object({
        type: z.string(),
        serviceName: z.string().min(1),
        bufferSize: optional(lenientNumber.pipe(z.int().min(0))),
        parser: z.unknown().optional(),
      })
      // The original took 0 for the default.
      .transform(({ serviceName, bufferSize }): EventSource[] => [
        { kind: 'receiver', serviceName, bufferSize: bufferSize || defaultBufferSize, clips: [] },
      ]),
};
