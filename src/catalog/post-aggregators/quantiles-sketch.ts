/** quantilesDoublesSketchToQuantile, …ToQuantiles, …ToRank, …ToCDF, …ToHistogram, and the same of KLL sketches. */
import { z } from 'zod';
import { type Sql, sql } from '../../sql.ts';
import { type ColumnType, definePostAggregator, specOf } from '../define.ts';
import { quantileFamilies } from '../sketches/families.ts';
import { sketchOf } from '../sketches/field.ts';
import { countsBetween, countsInBins, quantileOf, quantilesOf, rankOf, ranksOf } from '../sketches/quantiles.ts';

const fraction = z.number().min(0).max(1);
/** Druid's default. */
const defaultBins = 10;

const splitPoints = z
  .array(z.number())
  .refine((points) => points.every((point, i) => i === 0 || point > (points[i - 1] as number)), {
    error: 'expected numbers that rise',
  });

const field = { type: 'fieldAccess', fieldName: 'delays' };
const row = { delays: [1, 2, 2, 10] };

const double = (number: number) => sql`${number}::DOUBLE`;

interface Definition<S> {
  readonly summary: string;
  readonly shape: z.ZodRawShape;
  readonly type: ColumnType;
  compile(spec: S, sketch: Sql): Sql;
  /** The members beside type, name and field, and the result over 1, 2, 2, 10. */
  readonly examples: readonly (readonly [Readonly<Record<string, unknown>>, unknown])[];
}

/** One of each family. */
function define<S>(of: string, { summary, shape, type: resultType, compile, examples }: Definition<S>) {
  return quantileFamilies.map((family) => {
    const type = `${family.name}${of}`;
    const schema = z.object({
      type: z.literal(type),
      name: z.string().nullish(),
      field: specOf('postAggregator'),
      ...shape,
    });
    return definePostAggregator<z.infer<typeof schema>>({
      type,
      summary,
      see: `${family.see}#post-aggregators`,
      schema,
      compile: (spec, results) => ({
        sql: compile(spec as S, sketchOf(spec.field, family.type, results)),
        type: resultType,
      }),
      examples: examples.map(([members, result]) => ({
        spec: { type, name: 'p', field, ...members },
        sketch: family.name,
        row,
        result,
      })),
    });
  });
}

export default [
  define<{ fraction: number }>('ToQuantile', {
    summary: 'The value below or at which a part of all values lies; NaN without values.',
    shape: { fraction },
    type: 'DOUBLE',
    compile: (spec, sketch) => quantileOf(sketch, spec.fraction),
    examples: [
      [{ fraction: 0.5 }, 2],
      [{ fraction: 1 }, 10],
    ],
  }),
  define<{ fractions: number[] }>('ToQuantiles', {
    summary: 'The same for several parts.',
    shape: { fractions: z.array(fraction).min(1) },
    type: 'ARRAY<DOUBLE>',
    compile: (spec, sketch) => quantilesOf(sketch, spec.fractions),
    examples: [[{ fractions: [0, 0.5, 1] }, [1, 2, 10]]],
  }),
  define<{ value: number }>('ToRank', {
    summary: 'Which part of all values lies below or at a value; NaN without values.',
    shape: { value: z.number() },
    type: 'DOUBLE',
    compile: (spec, sketch) => rankOf(sketch, double(spec.value)),
    examples: [[{ value: 2 }, 0.75]],
  }),
  define<{ splitPoints: number[] }>('ToCDF', {
    summary: 'Which part of all values lies below or at each of some points, and the whole at the end.',
    shape: { splitPoints },
    type: 'ARRAY<DOUBLE>',
    compile: (spec, sketch) => ranksOf(sketch, spec.splitPoints.map(double)),
    examples: [[{ splitPoints: [1, 5] }, [0.25, 0.75, 1]]],
  }),
  define<{ splitPoints?: number[] | null; numBins?: number | null }>('ToHistogram', {
    summary: `How many values lie between some points, or in bins at equal distances (${defaultBins} unless given).`,
    shape: { splitPoints: splitPoints.min(1).nullish(), numBins: z.number().int().min(2).max(10_000).nullish() },
    type: 'ARRAY<DOUBLE>',
    compile: (spec, sketch) =>
      spec.splitPoints
        ? countsBetween(sketch, spec.splitPoints.map(double))
        : countsInBins(sketch, spec.numBins ?? defaultBins),
    examples: [
      [{ splitPoints: [1, 5] }, [1, 2, 1]],
      [{ numBins: 3 }, [3, 0, 1]],
    ],
  }),
].flat();
