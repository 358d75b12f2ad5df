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
        bufferSize: optional(lenientNumber.pipe(z.int())),
        parser: z.unknown().optional(),
      })
      .transform(({ serviceName, bufferSize }): EventSource[] => [
        { kind: 'receiver', serviceName, bufferSize: sizeOf(bufferSize), clips: [] },
      ]),
};

/** What is not above 0 stands for the default, as in the original. */
const sizeOf = (bufferSize: number | undefined) =>
  bufferSize !== undefined && bufferSize > 0 ? bufferSize : defaultBufferSize;
