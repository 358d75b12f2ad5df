/** What is sent to `/druid/v2/sql`. https://druid.apache.org/docs/latest/api-reference/sql-api */
import { z } from 'zod';
import { timestampLiteral } from '../../catalog/time.ts';
import { invalidInput } from '../../errors.ts';
import { join, literal, Sql, sql } from '../../sql.ts';
import { booleanLiteral, doubleLiteral, nullLiteral, textLiteral, wholeLiteral } from './literals.ts';
import { cast, type Expr, literalTime } from './types.ts';

const resultFormats = ['object', 'array', 'objectLines', 'arrayLines', 'csv'] as const;
export type ResultFormat = (typeof resultFormats)[number];

/** Druid takes text for flags and numbers as well. */
const flag = z.union([z.boolean(), z.stringbool()]).nullish();

export const contextSchema = z.looseObject({
  sqlQueryId: z.string().min(1).nullish(),
  queryId: z.string().min(1).nullish(),
  sqlTimeZone: z.string().nullish(),
  timeout: z.coerce.number().int().min(0).nullish(),
  useApproximateCountDistinct: flag,
  sqlStringifyArrays: flag,
  sqlOuterLimit: z.coerce.number().int().min(0).nullish(),
});

export const requestSchema = z
  .object({
    query: z.string({ error: 'expected the text of a SELECT' }),
    resultFormat: z
      .string()
      .nullish()
      .transform((text) => resultFormats.find((format) => format.toLowerCase() === (text ?? 'object').toLowerCase()))
      .refine((format) => format !== undefined, { error: `expected one of ${resultFormats.join(', ')}` }),
    header: flag,
    typesHeader: flag,
    sqlTypesHeader: flag,
    context: z.looseObject({}).nullish(),
    parameters: z.array(z.object({ type: z.string(), value: z.unknown() }).nullable()).nullish(),
  })
  .refine(({ header, typesHeader, sqlTypesHeader }) => header || !(typesHeader || sqlTypesHeader), {
    error: 'expected header to be true with typesHeader or sqlTypesHeader',
    path: ['header'],
  });

export type SqlRequest = z.infer<typeof requestSchema>;

/** A parameter's value as a literal of its type. */
export function parameterOf({ type, value }: { type: string; value?: unknown }, index: number, zone: string): Expr {
  const wrong = () => invalidInput(`$.parameters[${index}]: ${JSON.stringify(value)} is no value of the type ${type}`);
  if (value === null || value === undefined) return nullLiteral;
  switch (type.toUpperCase()) {
    case 'VARCHAR':
    case 'CHAR':
      return textLiteral(String(value));
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
      if (!/^-?\d{1,19}$/.test(String(value))) throw wrong();
      return wholeLiteral(BigInt(String(value)), 'BIGINT');
    case 'DOUBLE':
    case 'FLOAT':
    case 'REAL':
    case 'DECIMAL':
      if (!Number.isFinite(Number(value))) throw wrong();
      return doubleLiteral(Number(value));
    case 'BOOLEAN':
      return booleanLiteral(String(value).toLowerCase() === 'true');
    case 'TIMESTAMP':
    case 'DATE': {
      // Milliseconds, or a text as in a literal.
      if (typeof value === 'number') return { sql: timestampLiteral(value), type: 'TIMESTAMP' };
      if (literalTime(String(value)) === undefined) throw wrong();
      return cast(textLiteral(String(value)), 'TIMESTAMP', zone);
    }
    case 'ARRAY':
      if (!Array.isArray(value)) throw wrong();
      return arrayOf(value, wrong);
    default:
      throw invalidInput(`$.parameters[${index}].type: unknown type '${type}'`);
  }
}

/** Whole numbers, numbers or texts; nulls among them. */
function arrayOf(values: readonly unknown[], wrong: () => Error): Expr {
  const given = values.filter((value) => value !== null);
  const isNumber = given.length > 0 && given.every((value) => typeof value === 'number');
  const element = !isNumber ? 'VARCHAR' : given.every(Number.isSafeInteger) ? 'BIGINT' : 'DOUBLE';
  if (!isNumber && given.some((value) => typeof value !== 'string')) throw wrong();
  const list = join(values.map((value) => literal(value as string | number | null)));
  return { sql: sql`CAST([${list}] AS ${new Sql(element)}[])`, type: `${element} ARRAY` };
}
