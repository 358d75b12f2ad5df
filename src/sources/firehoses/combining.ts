import { z } from 'zod';
import type { FirehoseType } from './define.ts';

export const combining: FirehoseType = {
  type: 'combining',
  summary: 'Several firehoses. The original read one after the other; here all are read at once.',
  schema: (delegate) =>
    z.object({ type: z.string(), delegates: z.array(delegate) }).transform(({ delegates }) => delegates.flat()),
};
