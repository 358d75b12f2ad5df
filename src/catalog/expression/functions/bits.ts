/** Numbers by their bits. Longs have 64, doubles those of IEEE 754. */
import { type Sql, sql } from '../../../sql.ts';
import { wrapLong } from '../../numbers.ts';
import { arg, type ExpressionFunction } from '../function.ts';
import { asDouble, asLong, double, long } from '../typed.ts';

const functions: ExpressionFunction[] = [
  ofLongs('bitwiseAnd', 'The bits that both longs have.', (x, y) => sql`(${x} & ${y})`, ['bitwiseAnd(12, 10)', 8]),
  ofLongs('bitwiseOr', 'The bits that one of the longs has.', (x, y) => sql`(${x} | ${y})`, ['bitwiseOr(12, 10)', 14]),
  ofLongs('bitwiseXor', 'The bits that just one of the longs has.', (x, y) => sql`xor(${x}, ${y})`, [
    'bitwiseXor(12, 10)',
    6,
  ]),
  ofLongs(
    'bitwiseShiftLeft',
    'The bits of the first long moved up by so many places.',
    (x, y) => wrapLong(sql`CAST(${x} AS HUGEINT) * (1::HUGEINT << CAST(${y} & 63 AS HUGEINT))`),
    ['bitwiseShiftLeft(-3, 2)', -12],
  ),
  ofLongs(
    'bitwiseShiftRight',
    'The bits of the first long moved down by so many places, its sign kept.',
    (x, y) => sql`(${x} >> (${y} & 63))`,
    ['bitwiseShiftRight(-12, 2)', -3],
  ),
  {
    name: 'bitwiseComplement',
    args: 'x',
    arity: [1, 1],
    summary: 'The bits that the long does not have.',
    example: { expression: 'bitwiseComplement(5)', result: -6 },
    compile: (args) => long(sql`(~${asLong(arg(args, 0))})`),
  },
  {
    name: 'bitwiseConvertDoubleToLongBits',
    args: 'x',
    arity: [1, 1],
    summary: 'The long that has the bits of the double.',
    example: { expression: 'bitwiseConvertDoubleToLongBits(2.0)', result: 2 ** 62 },
    compile: (args) => long(bitsOf(asDouble(arg(args, 0)))),
  },
  {
    name: 'bitwiseConvertLongBitsToDouble',
    args: 'x',
    arity: [1, 1],
    summary: 'The double that has the bits of the long.',
    example: { expression: 'bitwiseConvertLongBitsToDouble(4611686018427387904)', result: 2 },
    compile: (args) => double(sql`CAST(CAST(${asLong(arg(args, 0))} AS BIT) AS DOUBLE)`),
  },
  {
    name: 'getExponent',
    args: 'x',
    arity: [1, 1],
    summary: 'The exponent of the double, to base 2.',
    example: { expression: 'getExponent(1000)', result: 9 },
    compile: (args) => long(sql`(((${bitsOf(asDouble(arg(args, 0)))} >> 52) & 2047) - 1023)`),
  },
  {
    name: 'ulp',
    args: 'x',
    arity: [1, 1],
    summary: 'The distance from the double to the next one away from zero.',
    example: { expression: 'ulp(1.5) == pow(2, -52)', result: 1 },
    compile: (args) => {
      const size = sql`abs(${asDouble(arg(args, 0))})`;
      return double(sql`(nextafter(${size}, 'Infinity'::DOUBLE) - ${size})`);
    },
  },
  {
    name: 'nextafter',
    args: 'x, y',
    arity: [2, 2],
    summary: 'The double next to the first one, towards the second.',
    example: { expression: 'nextafter(1, 2) - 1 == pow(2, -52)', result: 1 },
    compile: (args) => double(sql`nextafter(${asDouble(arg(args, 0))}, ${asDouble(arg(args, 1))})`),
  },
  {
    name: 'nextUp',
    args: 'x',
    arity: [1, 1],
    summary: 'The double that is next above.',
    example: { expression: 'nextUp(1) - 1 == pow(2, -52)', result: 1 },
    compile: (args) => double(sql`nextafter(${asDouble(arg(args, 0))}, 'Infinity'::DOUBLE)`),
  },
  {
    name: 'scalb',
    args: 'x, y',
    arity: [2, 2],
    summary: 'The first number times two to the power of the second.',
    example: { expression: 'scalb(3, 4)', result: 48 },
    compile: (args) => double(sql`TRY(${asDouble(arg(args, 0))} * pow(2, ${asLong(arg(args, 1))}))`),
  },
];

export default functions;

const bitsOf = (value: Sql): Sql => sql`CAST(CAST(${value} AS BIT) AS BIGINT)`;

function ofLongs(
  name: string,
  summary: string,
  of: (x: Sql, y: Sql) => Sql,
  [expression, result]: readonly [string, number],
): ExpressionFunction {
  return {
    name,
    args: 'x, y',
    arity: [2, 2],
    summary,
    example: { expression, result },
    compile: (args) => long(of(asLong(arg(args, 0)), asLong(arg(args, 1)))),
  };
}
