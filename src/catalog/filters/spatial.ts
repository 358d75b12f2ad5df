/** spatial: points within a rectangle, a radius or a polygon. */
import { z } from 'zod';
import { and, join, type Sql, sql } from '../../sql.ts';
import { anyValue, defineFilter } from '../define.ts';
import { asText } from '../numbers.ts';

/** Druid takes the mean radius of the earth. */
const earthMeters = 6_371_000;
const metersOf = { meters: 1, kilometers: 1000, miles: 1609.344 } as const;

/** Of one place: on a plane any number of them, on the earth its latitude and longitude in degrees. */
const coordinates = z.array(z.number()).min(1);
/** Druid's limit of an index lookup, without effect there as well. */
const limit = z.number().int().nullish();

const rectangle = z
  .object({ type: z.literal('rectangular'), minCoords: coordinates, maxCoords: coordinates, limit })
  .refine(({ minCoords, maxCoords }) => minCoords.length === maxCoords.length, {
    error: 'expected as many minCoords as maxCoords',
  });
const circle = z.object({
  type: z.literal('radius'),
  coords: coordinates.min(2),
  radius: z.number(),
  radiusUnit: z.enum(['euclidean', 'meters', 'kilometers', 'miles']).nullish(),
  limit,
});
const polygon = z
  .object({ type: z.literal('polygon'), abscissa: coordinates.min(3), ordinate: coordinates.min(3), limit })
  .refine(({ abscissa, ordinate }) => abscissa.length === ordinate.length, {
    error: 'expected as many numbers in abscissa as in ordinate',
  });

const schema = z.object({
  type: z.literal('spatial'),
  dimension: z.string().min(1),
  bound: z.discriminatedUnion('type', [rectangle, circle, polygon]),
});
type Bound = z.infer<typeof schema>['bound'];

const float = (number: number): Sql => sql`CAST(${number} AS FLOAT)`;
const double = (number: number): Sql => sql`CAST(CAST(${number} AS FLOAT) AS DOUBLE)`;

/** How many coordinates a place must have to lie within. */
function dimensionsOf(bound: Bound): number {
  if (bound.type === 'polygon') return 2;
  return bound.type === 'radius' ? bound.coords.length : bound.minCoords.length;
}

/** Whether the place, a FLOAT[] of as many coordinates, lies within or on the bound. Druid computes with floats as well. */
function contains(bound: Bound, place: Sql): Sql {
  const at = (index: number) => sql`${place}[${index + 1}]`;
  if (bound.type === 'rectangular') {
    const { minCoords, maxCoords } = bound;
    return and(minCoords.map((least, i) => sql`${at(i)} BETWEEN ${float(least)} AND ${float(maxCoords[i] as number)}`));
  }
  if (bound.type === 'radius')
    return bound.radiusUnit && bound.radiusUnit !== 'euclidean' ? onEarth(bound, at) : onPlane(bound, at);
  return withinPolygon(bound, at(0), at(1));
}

type Circle = z.infer<typeof circle>;

function onPlane({ coords, radius }: Circle, at: (index: number) => Sql): Sql {
  const squares = coords.map((center, i) => sql`pow(CAST(${at(i)} - ${float(center)} AS DOUBLE), 2)`);
  return sql`${join(squares, ' + ')} <= pow(${double(radius)}, 2)`;
}

/** By the haversine formula. */
function onEarth({ coords, radius, radiusUnit }: Circle, at: (index: number) => Sql): Sql {
  const [latitude = 0, longitude = 0] = coords;
  const square = (angle: Sql) => sql`pow(sin(${angle} / 2), 2)`;
  const [north, east] = [sql`radians(CAST(${at(0)} AS DOUBLE))`, sql`radians(CAST(${at(1)} AS DOUBLE))`];
  const [centerNorth, centerEast] = [sql`radians(${double(latitude)})`, sql`radians(${double(longitude)})`];
  const a = sql`(${square(sql`(${north} - ${centerNorth})`)} + cos(${centerNorth}) * cos(${north}) * ${square(sql`(${east} - ${centerEast})`)})`;
  const meters = sql`2 * ${earthMeters} * asin(least(1, sqrt(${a})))`;
  return sql`${meters} <= ${double(radius)} * ${metersOf[radiusUnit as keyof typeof metersOf]}`;
}

/**
 * A ray to the left of a place within crosses an odd number of sides; what lies on a side is within. A side holds its lower end
 * only, so that a ray through a corner crosses there once or twice as it enters or touches; Druid counts both ends.
 */
function withinPolygon({ abscissa, ordinate }: z.infer<typeof polygon>, x: Sql, y: Sql): Sql {
  const sides = abscissa.map((_, i) => {
    const [x1, y1, x2, y2] = [abscissa[i], ordinate[i], abscissa.at(i - 1), ordinate.at(i - 1)].map((number) =>
      float(number as number),
    ) as [Sql, Sql, Sql, Sql];
    return sql`struct_pack(x1 := ${x1}, y1 := ${y1}, x2 := ${x2}, y2 := ${y2})`;
  });
  const between = (value: Sql, a: Sql, b: Sql) => sql`${value} BETWEEN least(${a}, ${b}) AND greatest(${a}, ${b})`;
  const crossing = sql`((s).x1 + (${y} - (s).y1) / ((s).y2 - (s).y1) * ((s).x2 - (s).x1))`;
  // 2: on the side; 1: crossed by the ray.
  const met = sql`CASE
    WHEN NOT (${between(y, sql`(s).y1`, sql`(s).y2`)}) THEN 0
    WHEN (s).y1 = (s).y2 THEN CASE WHEN ${between(x, sql`(s).x1`, sql`(s).x2`)} THEN 2 ELSE 0 END
    WHEN ${crossing} = ${x} THEN 2
    WHEN ${crossing} < ${x} AND ((s).y1 > ${y}) <> ((s).y2 > ${y}) THEN 1 ELSE 0 END`;
  const meetings = sql`list_transform([${join(sides)}], lambda s: ${met})`;
  const isWithin = sql`list_transform([${meetings}], lambda m: list_contains(m, 2) OR list_sum(m) % 2 = 1)[1]`;
  // Most places lie far from it.
  const [columns, rows] = [range(abscissa), range(ordinate)];
  return sql`CASE WHEN ${x} BETWEEN ${columns.least} AND ${columns.greatest} AND ${y} BETWEEN ${rows.least} AND ${rows.greatest} THEN ${isWithin} ELSE false END`;
}

const range = (numbers: readonly number[]) => ({
  least: float(numbers.reduce((a, b) => Math.min(a, b))),
  greatest: float(numbers.reduce((a, b) => Math.max(a, b))),
});

export default defineFilter<z.infer<typeof schema>>({
  type: 'spatial',
  summary:
    'Passes the rows whose place, a dimension of coordinates such as `52.5,13.4`, lies within a rectangle, a polygon, or a radius around a point: on a plane, or with a radiusUnit of meters, kilometers or miles on the earth, by latitude and longitude.',
  see: 'https://druid.apache.org/docs/latest/querying/geo',
  schema,
  compile: ({ dimension, bound }, scope) =>
    anyValue(asText(scope.column(dimension)), (single) => {
      // One that is no number makes the whole place none.
      const place = sql`TRY_CAST(string_split(${single}, ',') AS FLOAT[])`;
      const within = sql`coalesce(len(p) = ${dimensionsOf(bound)} AND NOT list_contains(list_transform(p, lambda c: c IS NULL), true) AND ${contains(bound, sql`p`)}, false)`;
      return sql`CASE WHEN ${single} IS NOT NULL THEN list_transform([${place}], lambda p: ${within})[1] END`;
    }),
  examples: [
    {
      spec: {
        type: 'spatial',
        dimension: 'at',
        bound: { type: 'rectangular', minCoords: [10, 20], maxCoords: [30, 40] },
      },
      matches: [{ at: '10.0,20.0' }, { at: '30,40' }, { at: '12.5,33' }],
      rejects: [{ at: '9.9,30' }, { at: '20,40.1' }, { at: '20' }, { at: 'here' }, { at: '20,there' }, {}],
    },
    {
      spec: { type: 'spatial', dimension: 'at', bound: { type: 'radius', coords: [0, 0], radius: 5 } },
      matches: [{ at: '3,4' }, { at: '-5,0' }],
      rejects: [{ at: '3.1,4' }, {}],
    },
    // From Berlin's Brandenburger Tor; Potsdam's is some 26 km away, Paris' Arc de Triomphe some 880.
    {
      spec: {
        type: 'spatial',
        dimension: 'at',
        bound: { type: 'radius', coords: [52.5163, 13.3777], radius: 30, radiusUnit: 'kilometers' },
      },
      matches: [{ at: '52.5163,13.3777' }, { at: '52.3995,13.0479' }],
      rejects: [{ at: '48.8738,2.2950' }],
    },
    {
      spec: {
        type: 'spatial',
        dimension: 'at',
        bound: { type: 'polygon', abscissa: [0, 4, 4, 2, 0], ordinate: [0, 0, 4, 2, 4] },
      },
      matches: [{ at: '1,1' }, { at: '0,0' }, { at: '2,0' }, { at: '2,2' }, { at: '4,3' }],
      rejects: [{ at: '2,3' }, { at: '5,1' }, { at: '-1,2' }, {}],
    },
    {
      spec: {
        type: 'spatial',
        dimension: 'at',
        bound: { type: 'polygon', abscissa: [0, 2, 4, 2], ordinate: [2, 4, 2, 0] },
      },
      matches: [{ at: '2,2' }, { at: '3,2' }, { at: '1,1' }],
      rejects: [{ at: '5,2' }, { at: '-1,2' }, { at: '0,4' }],
    },
  ],
});
