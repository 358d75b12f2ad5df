/** All firehoses, and the schema that reads any of them. */
import { z } from 'zod';
import type { TypeIssueParams } from '../../catalog/define.ts';
import { readByValue } from '../../catalog/dynamic-schema.ts';
import type { RealtimeSpec } from '../../spec/realtime.ts';
import { clipped } from './clipped.ts';
import { combining } from './combining.ts';
import type { EventSource, FirehoseType } from './define.ts';
import { kafka } from './kafka.ts';
import { local } from './local.ts';
import { receiver } from './receiver.ts';
import { timed } from './timed.ts';

export type { EventSource, ReceiverSource, StreamSource } from './define.ts';

/** A realtime node's file. */
export type RealtimeSpecs = readonly RealtimeSpec<readonly EventSource[]>[];

export const firehoseTypes: readonly FirehoseType[] = [kafka, receiver, local, clipped, timed, combining];

/** What Druid's realtime nodes had besides. */
const others = new Set(
  `rabbitmq rocketMQ ingestSegment irc twitzer webstream fixedCount predicate sql inline http hdfs
   static-s3 static-azure-blobstore static-google-blobstore static-cloudfiles rand`.split(/\s+/),
);

/** `kafka-*` → whether `kafka-0.8` is one. */
const isOf = (pattern: string, type: string) =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;

const typesInWords = firehoseTypes.map(({ type }) => type).join(', ');

/** A firehose → the sources that it comes down to. */
export const firehoseSchema: z.ZodType<readonly EventSource[]> = (() => {
  const schema = z.unknown().transform((raw, context): readonly EventSource[] => {
    const fail = (message: string, path: string[], params: TypeIssueParams = {}) => {
      context.issues.push({ code: 'custom', message, path, params, input: raw });
      return z.NEVER;
    };
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return fail('expected a firehose object', []);
    const { type } = raw as { readonly type?: unknown };
    if (typeof type !== 'string') return fail(`expected the firehose's type, one of ${typesInWords}`, ['type']);
    const found = schemaOf(raw);
    if (!found) {
      const message = `firehose type '${type}' is not supported; there are ${typesInWords}`;
      if (others.has(type)) return fail(message, ['type'], { unsupported: true });
      const rightTypes = firehoseTypes.map((one) => one.type);
      return fail(`unknown firehose type '${type}', expected one of ${typesInWords}`, ['type'], {
        wrongType: type,
        rightTypes,
      });
    }
    const parsed = found.safeParse(raw);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: raw } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
  readByValue(schema, schemaOf);
  return schema.meta({ title: 'firehose' }) as z.ZodType<readonly EventSource[]>;
})();

const schemas = new Map(firehoseTypes.map((firehose) => [firehose, firehose.schema(firehoseSchema)]));

function schemaOf(raw: unknown): z.ZodType<readonly EventSource[]> | undefined {
  const { type } = (raw ?? {}) as { readonly type?: unknown };
  const found = typeof type === 'string' ? firehoseTypes.find((firehose) => isOf(firehose.type, type)) : undefined;
  return found && schemas.get(found);
}
