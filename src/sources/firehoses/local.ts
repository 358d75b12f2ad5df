import { z } from 'zod';
import { openFilesStream } from '../files.ts';
import type { EventSource, FirehoseType } from './define.ts';

export const local: FirehoseType = {
  type: 'local',
  summary:
    'Reads the files of `baseDir` and of the folders below it whose names match `filter` (`*` and `?`), a line an event, each once: also after a ' +
    'restart none is read again. Files that come later are read after the next start.',
  schema: () =>
    z
      .object({
        type: z.string(),
        baseDir: z.string().min(1),
        filter: z.string().min(1),
        parser: z.unknown().optional(),
      })
      .transform(({ baseDir, filter }): EventSource[] => [
        {
          kind: 'stream',
          name: 'local',
          start: 'earliest',
          warnings: [],
          clips: [],
          open: async () => openFilesStream(baseDir, filter),
        },
      ]),
};
