/** The schema of what is one of several types, by the word in a field. */
import { z } from 'zod';
import { readByValue } from '../../catalog/dynamic-schema.ts';
import type { TypeIssueParams } from '../../catalog/index.ts';

export interface Choice<T> {
  /** What it is, for people: `lookup`. */
  readonly what: string;
  /** The field that names the type. */
  readonly field: string;
  readonly schemas: ReadonlyMap<string, z.ZodType<T>>;
  /** Types that Druid has besides. */
  readonly lacking: readonly string[];
}

export function byType<T>({ what, field, schemas, lacking }: Choice<T>): z.ZodType<T> {
  const typeOf = (raw: unknown) => ((raw ?? {}) as Readonly<Record<string, unknown>>)[field];
  const schema = z.unknown().transform((raw, context): T => {
    const fail = (message: string, path: string[], params: TypeIssueParams = {}) => {
      context.issues.push({ code: 'custom', message, path, params, input: raw });
      return z.NEVER;
    };
    const rightTypes = [...schemas.keys()];
    const type = typeOf(raw);
    if (typeof type !== 'string')
      return fail(`expected the ${what}'s ${field}, one of ${rightTypes.join(', ')}`, [field]);
    const found = schemas.get(type);
    if (!found && lacking.includes(type))
      return fail(`${what} ${field} '${type}' is not supported yet`, [field], { unsupported: true });
    if (!found) return fail(`unknown ${what} ${field} '${type}'`, [field], { wrongType: type, rightTypes });
    const parsed = found.safeParse(raw);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: raw } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
  readByValue(schema, (raw) => schemas.get(String(typeOf(raw))));
  return schema.meta({ title: what }) as z.ZodType<T>;
}
