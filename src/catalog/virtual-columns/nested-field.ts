import { z } from 'zod';
import { sql } from '../../sql.ts';
import { defineVirtualColumn, type Value } from '../define.ts';
import { atPath, type PathPart, parseJqPath, parseJsonPath, plainAt, scalarText } from '../json-path.ts';
import { toDouble, toLong } from '../numbers.ts';
import { givenOrArrayTypeSchema, isArrayType, outputValue } from '../output-type.ts';

const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('field'), field: z.string() }).transform(({ field }): PathPart => field),
  z.object({ type: z.literal('arrayElement'), index: z.number().int() }).transform(({ index }): PathPart => index),
]);

const schema = z
  .object({
    type: z.literal('nested-field'),
    columnName: z.string().min(1),
    outputName: z.string().min(1),
    expectedType: z.union([z.literal('COMPLEX<json>'), givenOrArrayTypeSchema]),
    path: z.string().nullish(),
    pathParts: z.array(partSchema).nullish(),
    useJqSyntax: z.boolean().nullish(),
    processFromRaw: z.boolean().nullish(),
  })
  .transform((spec, context) => {
    const { path, useJqSyntax } = spec;
    const parts = spec.pathParts ?? (useJqSyntax ? parseJqPath : parseJsonPath)(path ?? '');
    if (parts) return { ...spec, parts };
    const expected = useJqSyntax ? "a jq path such as '.a.b[0]'" : "a path such as '$.a.b[0]'";
    context.issues.push({ code: 'custom', message: `expected ${expected}`, path: ['path'], input: path });
    return z.NEVER;
  });

const path = { type: 'nested-field', columnName: 'n', outputName: 'v', path: '$' };

export default defineVirtualColumn<z.infer<typeof schema>>({
  type: 'nested-field',
  summary:
    'A value inside of a nested column, as the expected type; as text where none is named, but a scan shows it as it is. Objects are null, unless `processFromRaw` or the type COMPLEX<json> asks for them.',
  see: 'https://druid.apache.org/docs/latest/querying/virtual-columns#nested-field-virtual-column',
  schema,
  outputName: (spec) => spec.outputName,
  compile: (spec, scope) => {
    const column = scope.column(spec.columnName);
    const type = spec.expectedType ?? 'STRING';
    if (type === 'COMPLEX<json>' || spec.processFromRaw)
      return { sql: atPath(jsonOf(column), spec.parts), type: 'COMPLEX<json>' };
    if (column.type !== 'COMPLEX<json>' && spec.parts.length === 0)
      return spec.expectedType ? outputValue(spec.expectedType, column) : column;
    // A multi-value dimension is no list.
    if (column.multiValue) return outputValue(type, { sql: sql`NULL::VARCHAR`, type: 'STRING' });
    const json = atPath(jsonOf(column), spec.parts);
    if (isArrayType(type)) return outputValue(type, { sql: json, type: 'COMPLEX<json>' });
    const text: Value = { sql: scalarText(json), type: 'STRING' };
    if (type === 'LONG')
      return { sql: sql`coalesce(${toLong(text)}, ${toLong({ sql: toDouble(text), type: 'DOUBLE' })})`, type };
    const value = outputValue(type, text);
    return spec.expectedType ? value : { ...value, json: plainAt(json) };
  },
  examples: [
    {
      spec: { ...path, expectedType: 'LONG' },
      events: [{ n: 5 }, {}],
      values: [5, null],
    },
    { spec: { ...path, path: '$.a' }, events: [{ n: 5 }], values: [null] },
  ],
});

const jsonOf = (column: Value) => (column.type === 'COMPLEX<json>' ? column.sql : sql`to_json(${column.sql})`);
