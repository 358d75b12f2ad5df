/**
 * A supervisor's spec: `{type, spec: {dataSchema, ioConfig, tuningConfig}, suspended, context}`, or in the old style those three
 * at the top. https://druid.apache.org/docs/latest/ingestion/supervisor
 */
import { z } from 'zod';
import { periodMillis } from '../catalog/period.ts';
import { parseInstant } from '../catalog/time.ts';
import { type JsonPath, mistakesError, validate } from '../catalog/validate.ts';
import { MillraceError, type Place } from '../errors.ts';
import { readDataSource } from './data-schema.ts';
import type { DataSource } from './data-source.ts';
import { lenientBoolean, oneOf, optional } from './lenient.ts';
import type { Loaded } from './load.ts';
import { type IoConfig, ioConfigSchema, type TuningConfig, tuningConfigSchema } from './stream-config.ts';

export interface SupervisorSpec {
  /** The dataSource's name: there is one supervisor for each. */
  readonly id: string;
  readonly type: 'kafka';
  /** Its window lets everything pass; a task's bounds are {@link taskBounds}. */
  readonly dataSource: DataSource;
  readonly ioConfig: IoConfig;
  readonly tuningConfig: TuningConfig;
  readonly context: Readonly<Record<string, unknown>> | null;
  readonly suspended: boolean;
}

/** Types that Druid has. */
const otherTypes = ['kinesis', 'rabbit', 'autocompact', 'scheduled_batch'] as const;

const partsSchema = z.looseObject({
  ioConfig: ioConfigSchema,
  tuningConfig: optional(tuningConfigSchema.prefault({})),
});

const topSchema = z.looseObject({
  type: oneOf(['kafka', ...otherTypes]),
  context: optional(z.looseObject({})),
  suspended: optional(lenientBoolean),
});

const what = 'supervisor spec';

/** Where the parts of a supervisor's spec stand: below `spec`, or in the old style at the top. */
export function partsPath(supervisor: object): JsonPath {
  return 'spec' in supervisor && supervisor.spec !== null ? ['spec'] : [];
}

/** Throws `invalidInput` with the place of each mistake, or `unsupported` (501) for what only Druid has. Ignores unknown fields. */
export function readSupervisorSpec({ value, placeOf }: Loaded): SupervisorSpec {
  const top = validate(topSchema, value, { what, place: placeOf });
  if (top.type !== 'kafka') {
    const message = `supervisors of type '${top.type}' are not supported; there is 'kafka'`;
    throw mistakesError([{ path: ['type'], message, unsupported: true }], { what, place: placeOf });
  }
  const base = partsPath(top);
  const place = (path: JsonPath) => placeOf([...base, ...path]);
  const given = base.length > 0 ? top.spec : top;
  const [parts, dataSource] = both(
    () => validate(partsSchema, given, { what, place }),
    () => readDefinition(given, place),
  );
  return {
    id: dataSource.name,
    type: top.type,
    dataSource,
    ioConfig: parts.ioConfig,
    tuningConfig: parts.tuningConfig ?? tuningConfigSchema.parse({}),
    context: top.context ?? null,
    suspended: top.suspended ?? false,
  };
}

function readDefinition(given: unknown, place: (path: JsonPath) => Place): DataSource {
  const { dataSchema, ioConfig } = given as { readonly dataSchema?: unknown; readonly ioConfig?: unknown };
  const inputFormat = (ioConfig as { readonly inputFormat?: unknown } | null | undefined)?.inputFormat;
  return readDataSource(dataSchema, {
    inputFormat: inputFormat ?? undefined,
    place: (path) => place(['dataSchema', ...path]),
    inputPlace: (path) => place(['ioConfig', 'inputFormat', ...path]),
  });
}

interface Told {
  readonly place: Place;
  readonly message: string;
}

/** Both values, or one error that lists the mistakes of both. */
function both<A, B>(first: () => A, second: () => B): readonly [A, B] {
  const errors: MillraceError[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      errors.push(error);
      return undefined;
    }
  };
  const values = [attempt(first), attempt(second)] as const;
  const [one, other] = errors;
  if (one && other) {
    const mistakes = errors.flatMap(({ context }) => (context.mistakes ?? []) as readonly Told[]);
    throw new MillraceError(one.code, `${one.message}; ${other.message}`, { context: { mistakes } });
  }
  if (one) throw one;
  return values as readonly [A, B];
}

/** The spec as Druid shows it, with all defaults; what {@link readSupervisorSpec} makes the same spec of again. */
export function supervisorJson(spec: SupervisorSpec): Readonly<Record<string, unknown>> {
  const { type, dataSource, tuningConfig, context, suspended } = spec;
  const { dataSchema } = dataSource;
  const { inputFormat } = dataSource;
  const ioConfig = { ...spec.ioConfig, inputFormat, stream: streamOf(spec) };
  return {
    type,
    spec: { dataSchema, ioConfig, tuningConfig },
    // Clients of older Druids look for the parts here.
    dataSchema,
    tuningConfig,
    ioConfig,
    context,
    suspended,
  };
}

/** The topic, or the pattern of topics. */
export const streamOf = ({ ioConfig }: Pick<SupervisorSpec, 'ioConfig'>): string =>
  ioConfig.topic ?? (ioConfig.topicPattern as string);

/** A period of the spec, which was checked when it was read. */
export const millisOf = (period: string): number => periodMillis(period) as number;

/** Which events a task that was created at `createdMs` takes; undefined when any. A missing bound is none. */
export function taskBounds(
  {
    lateMessageRejectionPeriod,
    lateMessageRejectionStartDateTime,
    earlyMessageRejectionPeriod,
    taskDuration,
  }: IoConfig,
  createdMs: number,
): { readonly fromMs: number | undefined; readonly toMs: number | undefined } | undefined {
  const fromMs =
    lateMessageRejectionPeriod !== null
      ? createdMs - millisOf(lateMessageRejectionPeriod)
      : lateMessageRejectionStartDateTime !== null
        ? parseInstant(lateMessageRejectionStartDateTime)
        : undefined;
  const toMs =
    earlyMessageRejectionPeriod === null
      ? undefined
      : createdMs + millisOf(taskDuration) + millisOf(earlyMessageRejectionPeriod);
  return fromMs === undefined && toMs === undefined ? undefined : { fromMs, toMs };
}
