/**
 * `inputFormat` of today's specs and `parseSpec` of old ones → InputFormat.
 * https://druid.apache.org/docs/latest/ingestion/data-formats
 */
import { z } from 'zod';
import type { TypeIssueParams } from '../catalog/define.ts';
import { readByValue } from '../catalog/dynamic-schema.ts';
import { groupCount, javaRegexSchema } from '../catalog/java-regex.ts';
import type { FlattenField, InputFormat } from './data-source.ts';
import { kafkaFormat } from './kafka-format.ts';
import { anyCase, lenientBoolean, lenientNumber, optional } from './lenient.ts';

const pathStep = /\.([\p{L}_$@][\p{L}\p{N}_$@-]*)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]/uy;

/** `$.a.b[0]['c d']` → the member it begins in, and the engine's path from there. Undefined for any other JSONPath. */
function parsePath(expression: string): { root: string; path: string } | undefined {
  if (!expression.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  pathStep.lastIndex = 1;
  while (pathStep.lastIndex < expression.length) {
    const match = pathStep.exec(expression);
    if (!match) return undefined;
    steps.push(match[4] === undefined ? ((match[1] ?? match[2] ?? match[3]) as string) : Number(match[4]));
  }
  const [root, ...rest] = steps;
  if (typeof root !== 'string') return undefined;
  const path = rest.map((step) =>
    typeof step === 'number' ? `[${step}]` : `."${step.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
  );
  return { root, path: `$${path.join('')}` };
}

const flattenField = z.union([
  z.string().transform((name): FlattenField => ({ name, root: name, path: '$' })),
  z
    .object({ type: anyCase(['root', 'path', 'jq', 'tree']), name: z.string(), expr: z.string().optional() })
    .transform(({ type, name, expr }, context): FlattenField => {
      if (type === 'root') return { name, root: expr ?? name, path: '$' };
      if (type !== 'path') {
        const params: TypeIssueParams = { unsupported: true };
        context.issues.push({
          code: 'custom',
          path: ['type'],
          params,
          input: type,
          message: `flattenSpec fields of type '${type}' are not supported; write the field as a path such as {"type": "path", "name": "${name}", "expr": "$.a.b[0]"}`,
        });
        return z.NEVER;
      }
      const parsed = parsePath(expr ?? '');
      if (parsed) return { name, ...parsed };
      context.issues.push({
        code: 'custom',
        path: ['expr'],
        input: expr,
        message: `expected a JSONPath of members and indexes such as $.a.b[0].c, found '${expr ?? ''}'`,
      });
      return z.NEVER;
    }),
]);

const flattenSpec = z.object({
  useFieldDiscovery: optional(lenientBoolean),
  fields: optional(z.array(flattenField)),
});

const ignored = z.unknown().optional();
const columns = optional(z.array(z.string()));
const listDelimiter = optional(z.string().min(1));

const jsonShape = {
  type: z.literal('json'),
  flattenSpec: optional(flattenSpec),
  // How Druid's own JSON parser goes about it.
  featureSpec: ignored,
  keepNullColumns: ignored,
  assumeNewlineDelimited: ignored,
  useJsonNodeReader: ignored,
};

const jsonFormat = z.object(jsonShape).transform(
  ({ flattenSpec }): InputFormat => ({
    type: 'json',
    rootFields: flattenSpec?.useFieldDiscovery ?? true,
    flatten: flattenSpec?.fields ?? [],
  }),
);

const rows = lenientNumber.pipe(z.number().int().min(0));

const delimitedFormat = z
  .object({
    type: z.enum(['csv', 'tsv', 'delimited']),
    delimiter: optional(z.string().min(1)),
    columns,
    listDelimiter,
    findColumnsFromHeader: optional(lenientBoolean),
    // Its older name.
    hasHeaderRow: optional(lenientBoolean),
    skipHeaderRows: optional(rows),
    tryParseNumbers: ignored,
  })
  .transform((spec, context): InputFormat => {
    const namesColumns = spec.findColumnsFromHeader ?? spec.hasHeaderRow ?? false;
    const skipRows = spec.skipHeaderRows ?? 0;
    if (!spec.columns?.length && !namesColumns) {
      const message = `expected the columns of ${spec.type}, a list of their names, or "findColumnsFromHeader": true`;
      context.issues.push({ code: 'custom', path: ['columns'], input: spec, message });
      return z.NEVER;
    }
    const isCsv = spec.type === 'csv';
    return {
      type: 'delimited',
      delimiter: spec.delimiter ?? (isCsv ? ',' : '\t'),
      quote: isCsv ? '"' : undefined,
      listDelimiter: spec.listDelimiter,
      columns: namesColumns ? [] : (spec.columns ?? []),
      ...(namesColumns || skipRows > 0 ? { header: { skipRows, namesColumns } } : {}),
    };
  });

const regexFormat = z
  .object({ type: z.literal('regex'), pattern: javaRegexSchema, columns, listDelimiter })
  .transform(({ pattern, columns, listDelimiter }, context): InputFormat => {
    const groups = groupCount(pattern);
    if (groups === 0) {
      const message = 'expected a regular expression with a group for each column';
      context.issues.push({ code: 'custom', path: ['pattern'], input: pattern, message });
      return z.NEVER;
    }
    const names = columns ?? Array.from({ length: groups }, (_, index) => `column_${index + 1}`);
    return { type: 'regex', pattern, columns: names.slice(0, groups), listDelimiter };
  });

/** By their type in lower case. */
export const inputFormats: Readonly<Record<string, z.ZodType<InputFormat>>> = {
  json: jsonFormat,
  csv: delimitedFormat,
  tsv: delimitedFormat,
  delimited: delimitedFormat,
  regex: regexFormat,
  kafka: kafkaFormat(z.lazy(() => inputFormatSchema)),
};
const formatNames = ['json', 'csv', 'tsv', 'delimited', 'regex', 'kafka'] as const;
/** Formats that Druid reads and millrace does not. */
const otherFormats = new Set([
  'kinesis',
  'avro_ocf',
  'avro_stream',
  'avro',
  'orc',
  'parquet',
  'protobuf',
  'thrift',
  'lines',
  'javascript',
  'timeAndDims',
]);

const formatFor = (type: string): z.ZodType<InputFormat> | undefined =>
  Object.hasOwn(inputFormats, type.toLowerCase()) ? inputFormats[type.toLowerCase()] : undefined;

/** `{"type": "json", …}` → InputFormat. */
export const inputFormatSchema: z.ZodPipe<z.ZodUnknown, z.ZodTransform<InputFormat, unknown>> = z
  .unknown()
  .transform((raw, context): InputFormat => {
    const value = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
    const type = typeof value.type === 'string' ? value.type : undefined;
    const format = type === undefined ? undefined : formatFor(type);
    const fail = (message: string, params: TypeIssueParams = {}) => {
      context.issues.push({ code: 'custom', path: ['type'], params, input: raw, message });
      return z.NEVER;
    };
    if (type === undefined) return fail(`expected the format's type, one of ${formatNames.join(', ')}`);
    if (!format) {
      return otherFormats.has(type)
        ? fail(`input format '${type}' is not supported yet`, { unsupported: true })
        : fail(`unknown input format '${type}'`, { wrongType: type, rightTypes: formatNames });
    }
    const parsed = format.safeParse({ ...value, type: type.toLowerCase() });
    if (parsed.success) return parsed.data;
    context.issues.push(
      ...parsed.error.issues.map((issue) => ({ ...issue, input: raw }) as (typeof context.issues)[number]),
    );
    return z.NEVER;
  });

readByValue(inputFormatSchema, (raw) => {
  const { type } = (raw ?? {}) as { type?: unknown };
  return typeof type === 'string' ? formatFor(type) : undefined;
});
