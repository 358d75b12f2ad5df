import { z } from 'zod';
import { compileExtraction, defineExtraction, specOf } from '../define.ts';
import { letIn } from '../operand.ts';

const schema = z.object({ type: z.literal('cascade'), extractionFns: z.array(specOf('extraction')).min(1) });

export default defineExtraction<z.infer<typeof schema>>({
  type: 'cascade',
  summary: 'Extraction functions one after the other.',
  see: 'https://druid.apache.org/docs/latest/querying/dimensionspecs#cascade-extraction-function',
  schema,
  compile: (spec, input, scope) =>
    spec.extractionFns.reduce(
      (text, extraction) => letIn('text', text, (bound) => compileExtraction(extraction, bound, scope)),
      input,
    ),
  examples: [
    {
      spec: {
        type: 'cascade',
        extractionFns: [
          { type: 'regex', expr: '/([^/]+)/', index: 1 },
          { type: 'upper' },
          { type: 'substring', index: 1, length: 2 },
        ],
      },
      pairs: [['/druid/prod', 'RU']],
    },
  ],
});
