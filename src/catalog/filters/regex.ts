import { z } from 'zod';
import { sql } from '../../sql.ts';
import { anyValue, defineFilter } from '../define.ts';
import { javaRegexSchema } from '../java-regex.ts';
import { asText } from '../numbers.ts';
import { operand, operandShape } from '../operand.ts';

const schema = z.object({ type: z.literal('regex'), ...operandShape, pattern: javaRegexSchema });

export default defineFilter<z.infer<typeof schema>>({
  type: 'regex',
  summary:
    'Passes the rows in whose value a Java regular expression finds a match. Look-around and back-references are not supported.',
  see: 'https://druid.apache.org/docs/latest/querying/filters#regular-expression-filter',
  schema,
  compile: (spec, scope) =>
    anyValue(asText(operand(spec, scope)), (single) => sql`regexp_matches(${single}, ${spec.pattern})`),
  examples: [
    {
      spec: { type: 'regex', dimension: 'a', pattern: '^(50|1\\d)0$' },
      matches: [{ a: '500' }, { a: '120' }],
      rejects: [{ a: '5000' }, { a: '50' }, {}],
    },
    {
      spec: { type: 'regex', dimension: 'a', pattern: '(?i)ERR' },
      matches: [{ a: 'an error' }],
      rejects: [{ a: 'ok' }],
    },
  ],
});
