/**
 * The body of a supervisor's resetOffsets:
 * `{"type":"kafka","partitions":{"type":"end","stream":"topic","partitionOffsetMap":{"0":100}}}`.
 * https://druid.apache.org/docs/latest/api-reference/supervisor-api#reset-offsets-for-a-supervisor
 */
import { z } from 'zod';
import { mistakesError, validate } from '../catalog/validate.ts';
import { oneOf } from './lenient.ts';
import type { Loaded } from './load.ts';
import { type SupervisorSpec, streamOf } from './supervisor.ts';

const offset = z
  .union([z.int().min(0), z.string().regex(/^\d{1,18}$/)], { error: 'expected an offset, a whole number from 0 on' })
  .transform(BigInt);

const resetSchema = z.looseObject({
  type: oneOf(['kafka']),
  partitions: z.looseObject({
    type: oneOf(['end']),
    stream: z.string(),
    partitionOffsetMap: z.record(z.string(), offset),
  }),
});

/** Position by partition, `topic/number`. With a topicPattern the body names partitions as `topic:number`. */
export function readResetOffsets({ value, placeOf }: Loaded, spec: SupervisorSpec): ReadonlyMap<string, bigint> {
  const options = { what: 'offsets to reset', place: placeOf };
  const { stream, partitionOffsetMap } = validate(resetSchema, value, options).partitions;
  const fail = (path: readonly string[], message: string) =>
    mistakesError([{ path: ['partitions', ...path], message, unsupported: false }], options);
  if (stream !== streamOf(spec))
    throw fail(['stream'], `expected '${streamOf(spec)}', which supervisor '${spec.id}' reads`);
  const { topic } = spec.ioConfig;
  const form = topic === null ? /^(.+):(\d{1,9})$/ : /^()(\d{1,9})$/;
  return new Map(
    Object.entries(partitionOffsetMap).map(([key, position]) => {
      const match = form.exec(key);
      if (match) return [`${topic ?? match[1]}/${match[2]}`, position];
      const expected =
        topic === null ? "'topic:number', as the supervisor reads several topics" : "a partition's number";
      throw fail(['partitionOffsetMap', key], `expected ${expected}, got '${key}'`);
    }),
  );
}
