/** and, or, not, true, false. */
import { z } from 'zod';
import { and, or, sql } from '../../sql.ts';
import { compileFilter, defineFilter, specOf } from '../define.ts';

const see = 'https://druid.apache.org/docs/latest/querying/filters#logical-expression-filters';
const isX = { type: 'selector', dimension: 'a', value: 'x' };
const isY = { type: 'selector', dimension: 'b', value: 'y' };

const fieldsOf = (type: string) => z.object({ type: z.literal(type), fields: z.array(specOf('filter')).min(1) });

const both = defineFilter<z.infer<ReturnType<typeof fieldsOf>>>({
  type: 'and',
  summary: 'Passes the rows that pass all of its filters.',
  see,
  schema: fieldsOf('and'),
  compile: (spec, scope) => and(spec.fields.map((field) => compileFilter(field, scope))),
  examples: [
    { spec: { type: 'and', fields: [isX, isY] }, matches: [{ a: 'x', b: 'y' }], rejects: [{ a: 'x' }, { b: 'y' }, {}] },
  ],
});

const either = defineFilter<z.infer<ReturnType<typeof fieldsOf>>>({
  type: 'or',
  summary: 'Passes the rows that pass at least one of its filters.',
  see,
  schema: fieldsOf('or'),
  compile: (spec, scope) => or(spec.fields.map((field) => compileFilter(field, scope))),
  examples: [
    {
      spec: { type: 'or', fields: [isX, isY] },
      matches: [{ a: 'x', b: 'z' }, { b: 'y' }],
      rejects: [{ a: 'y', b: 'x' }, {}],
    },
  ],
});

const notSchema = z.object({ type: z.literal('not'), field: specOf('filter') });

const not = defineFilter<z.infer<typeof notSchema>>({
  type: 'not',
  summary:
    'Passes the rows that its filter rejects. Logic is three-valued: a null is neither equal nor unequal to a value.',
  see,
  schema: notSchema,
  compile: (spec, scope) => sql`(NOT ${compileFilter(spec.field, scope)})`,
  examples: [
    { spec: { type: 'not', field: isX }, matches: [{ a: 'y' }], rejects: [{ a: 'x' }, { a: null }] },
    {
      spec: { type: 'not', field: { type: 'bound', dimension: 'a', upper: 'm' } },
      matches: [{ a: 'x' }],
      rejects: [{ a: 'b' }, { a: null }],
    },
  ],
});

const constant = (type: 'true' | 'false', passes: boolean) =>
  defineFilter<{ type: string }>({
    type,
    summary: `Passes ${passes ? 'every row' : 'no row'}.`,
    see: `https://druid.apache.org/docs/latest/querying/filters#${type}-filter`,
    schema: z.object({ type: z.literal(type) }),
    compile: () => sql`${passes}`,
    examples: [{ spec: { type }, matches: passes ? [{ a: 'x' }, {}] : [], rejects: passes ? [] : [{ a: 'x' }, {}] }],
  });

export default [both, either, not, constant('true', true), constant('false', false)];
