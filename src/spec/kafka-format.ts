/**
 * The input format `kafka`: a record's headers, timestamp, topic and key as columns beside those of its value.
 * https://druid.apache.org/docs/latest/ingestion/data-formats#kafka
 */
import { z } from 'zod';
import type { TypeIssueParams } from '../catalog/define.ts';
import type { DataSource, InputFormat, KafkaColumns } from './data-source.ts';
import { optional } from './lenient.ts';

/** Java's names of a charset, in lower case. */
const encodings = new Map([
  ['utf-8', 'utf8'],
  ['utf8', 'utf8'],
  ['us-ascii', 'ascii'],
  ['ascii', 'ascii'],
  ['iso-8859-1', 'latin1'],
  ['latin1', 'latin1'],
] as const);

const encoding = z.string().transform((name, context) => {
  const known = new Map<string, 'utf8' | 'ascii' | 'latin1'>(encodings).get(name.toLowerCase());
  if (known) return known;
  const params: TypeIssueParams = { unsupported: true };
  const message = `headers in '${name}' cannot be read; there are UTF-8, US-ASCII and ISO-8859-1`;
  context.issues.push({ code: 'custom', params, input: name, message });
  return z.NEVER;
});

const headerFormat = z.object({ type: z.literal('string'), encoding: optional(encoding) });

/** @param part reads the formats of key and value. */
export function kafkaFormat(part: z.ZodType<InputFormat>): z.ZodType<InputFormat> {
  const format = part.refine(({ kafka }) => kafka === undefined, { error: 'expected a format other than kafka' });
  const ofValue = format.refine((value) => value.type !== 'delimited' || value.header === undefined, {
    error: 'expected columns: records have no header rows',
  });
  return z
    .object({
      type: z.literal('kafka'),
      valueFormat: ofValue,
      keyFormat: optional(format),
      headerFormat: optional(headerFormat),
      timestampColumnName: optional(z.string()),
      topicColumnName: optional(z.string()),
      keyColumnName: optional(z.string()),
      headerColumnPrefix: optional(z.string()),
    })
    .transform((spec): InputFormat => {
      const kafka: KafkaColumns = {
        timestamp: spec.timestampColumnName ?? 'kafka.timestamp',
        topic: spec.topicColumnName ?? 'kafka.topic',
        key: spec.keyFormat && { name: spec.keyColumnName ?? 'kafka.key', format: spec.keyFormat },
        headers: spec.headerFormat && {
          prefix: spec.headerColumnPrefix ?? 'kafka.header.',
          encoding: spec.headerFormat.encoding ?? 'utf8',
        },
      };
      return { ...spec.valueFormat, kafka };
    });
}

/** Under this name a source's lines hold values that are no JSON, as strings. No header has such a name. */
export const recordValue = '\u0001value';

/** For events that come without records around them, such as text that is pushed. */
export const withoutRecords = (dataSource: DataSource): DataSource => ({
  ...dataSource,
  input: { ...dataSource.input, kafka: undefined },
});

/** The columns whose names are known without any record: all but those of headers. */
export const kafkaColumnNames = ({ timestamp, topic, key }: KafkaColumns): readonly string[] => [
  timestamp,
  topic,
  ...(key ? [key.name] : []),
];

export const isKafkaColumn = (kafka: KafkaColumns, name: string): boolean =>
  kafkaColumnNames(kafka).includes(name) || (kafka.headers !== undefined && name.startsWith(kafka.headers.prefix));
