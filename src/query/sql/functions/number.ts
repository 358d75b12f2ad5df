/** Numbers. https://druid.apache.org/docs/latest/querying/sql-scalar#numeric-functions */
import { positiveZero } from '../../../catalog/numbers.ts';
import { sql } from '../../../sql.ts';
import { bigint, cast, type Expr, floatOf, isNumber, isWhole, widerOf } from '../types.ts';
import { arg, type Call, native, type ScalarFunction, viaNative } from './define.ts';
import { ceilToUnit, floorToUnit } from './time.ts';

const functions: ScalarFunction[] = [
  viaNative('abs', ['ABS'], [1, 1], ['<NUMERIC>'], 'The number without its sign.'),
  viaNative('acos', ['ACOS'], [1, 1], ['<NUMERIC>'], 'Arc cosine, in radians.'),
  viaNative('asin', ['ASIN'], [1, 1], ['<NUMERIC>'], 'Arc sine, in radians.'),
  viaNative('atan', ['ATAN'], [1, 1], ['<NUMERIC>'], 'Arc tangent, in radians.'),
  viaNative(
    'atan2',
    ['ATAN2'],
    [2, 2],
    ['<NUMERIC>, <NUMERIC>'],
    'The angle of the point (x, y), of which y comes first.',
  ),
  viaNative('cos', ['COS'], [1, 1], ['<NUMERIC>'], 'Cosine of an angle in radians.'),
  viaNative('cot', ['COT'], [1, 1], ['<NUMERIC>'], 'Cotangent of an angle in radians.'),
  viaNative('sin', ['SIN'], [1, 1], ['<NUMERIC>'], 'Sine of an angle in radians.'),
  viaNative('tan', ['TAN'], [1, 1], ['<NUMERIC>'], 'Tangent of an angle in radians.'),
  viaNative('exp', ['EXP'], [1, 1], ['<NUMERIC>'], 'e to the power of the number.'),
  viaNative('log', ['LN'], [1, 1], ['<NUMERIC>'], 'Natural logarithm.'),
  viaNative('log10', ['LOG10'], [1, 1], ['<NUMERIC>'], 'Logarithm to base 10.'),
  viaNative('pow', ['POWER'], [2, 2], ['<NUMERIC>, <NUMERIC>'], 'The first number to the power of the second.'),
  viaNative('sqrt', ['SQRT'], [1, 1], ['<NUMERIC>'], 'Square root.'),
  viaNative('todegrees', ['DEGREES'], [1, 1], ['<NUMERIC>'], 'Radians as degrees.'),
  viaNative('toradians', ['RADIANS'], [1, 1], ['<NUMERIC>'], 'Degrees as radians.'),
  viaNative('div', ['DIV'], [2, 2], ['<NUMERIC>, <NUMERIC>'], 'The quotient, without its fraction.'),
  {
    takes: ['<NUMERIC>, <NUMERIC>'],
    summary: 'The quotient; null where the divisor is 0.',
    names: ['SAFE_DIVIDE'],
    arity: [2, 2],
    compile(args, call) {
      const [left, right] = [numberOf(arg(args, 0), call), numberOf(arg(args, 1), call)];
      return likeArgument(native('safe_divide', [left, right], call), { type: widerOf(left.type, right.type) });
    },
  },
  viaNative('greatest', ['GREATEST'], [1], ['<expr>, ...'], 'The largest of the arguments that are not null.'),
  viaNative('least', ['LEAST'], [1], ['<expr>, ...'], 'The smallest of the arguments that are not null.'),
  viaNative('pi', ['PI'], [0, 0], [''], 'The number π.'),
  {
    takes: [
      '<NUMERIC>',
      '<DATETIME_INTERVAL>',
      '<DATE> TO <TIME_UNIT>',
      '<TIME> TO <TIME_UNIT>',
      '<TIMESTAMP> TO <TIME_UNIT>',
    ],
    summary: 'The next whole number below; the begin of the SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER or YEAR.',
    names: ['FLOOR'],
    arity: [1, 2],
    compile: (args, call) =>
      args.length === 2 ? floorToUnit(arg(args, 0), call.text(1) ?? '', call) : whole(arg(args, 0), 'floor', call),
  },
  {
    takes: [
      '<NUMERIC>',
      '<DATETIME_INTERVAL>',
      '<DATE> TO <TIME_UNIT>',
      '<TIME> TO <TIME_UNIT>',
      '<TIMESTAMP> TO <TIME_UNIT>',
    ],
    summary: 'The next whole number above; the end of the SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER or YEAR.',
    names: ['CEIL', 'CEILING'],
    arity: [1, 2],
    compile: (args, call) =>
      args.length === 2 ? ceilToUnit(arg(args, 0), call.text(1) ?? '', call) : whole(arg(args, 0), 'ceil', call),
  },
  {
    takes: ['<NUMERIC>', '<NUMERIC>, <INTEGER>'],
    summary: 'Rounded to so many digits behind the point; halves go away from zero.',
    names: ['ROUND'],
    arity: [1, 2],
    compile: (args, call) =>
      isWhole(arg(args, 0)) && args.length === 1
        ? arg(args, 0)
        : likeArgument(native('round', args, call), arg(args, 0)),
  },
  {
    takes: ['<NUMERIC>, [<INTEGER>]'],
    summary: 'Cut off behind so many digits after the point.',
    names: ['TRUNC', 'TRUNCATE'],
    arity: [1, 2],
    compile(args, call) {
      const number = numberOf(arg(args, 0), call);
      const digits = call.integer(1) ?? 0;
      if (isWhole(number) && digits >= 0) return number;
      const unit = sql`pow(10, ${digits})`;
      const cut = positiveZero(sql`(trunc(CAST(${number.sql} AS DOUBLE) * ${unit}) / ${unit})`);
      return isWhole(number) ? bigint(sql`CAST(${cut} AS BIGINT)`) : likeArgument({ sql: cut, type: 'DOUBLE' }, number);
    },
  },
  {
    takes: ['<EXACT_NUMERIC>, <EXACT_NUMERIC>'],
    summary: 'The remainder of a division, with the sign of the dividend.',
    names: ['MOD'],
    arity: [2, 2],
    compile(args, call) {
      const [left, right] = [numberOf(arg(args, 0), call), numberOf(arg(args, 1), call)];
      return { sql: sql`(${left.sql} % ${right.sql})`, type: isWhole(left) && isWhole(right) ? right.type : 'DOUBLE' };
    },
  },
  viaNative('bitwiseand', ['BITWISE_AND'], [2, 2], ['<NUMERIC>, <NUMERIC>'], 'The bits that both have.'),
  viaNative('bitwiseor', ['BITWISE_OR'], [2, 2], ['<NUMERIC>, <NUMERIC>'], 'The bits that one of the two has.'),
  viaNative('bitwisexor', ['BITWISE_XOR'], [2, 2], ['<NUMERIC>, <NUMERIC>'], 'The bits that only one of the two has.'),
  viaNative(
    'bitwiseshiftleft',
    ['BITWISE_SHIFT_LEFT'],
    [2, 2],
    ['<NUMERIC>, <NUMERIC>'],
    'The bits shifted to the left by a count.',
  ),
  viaNative(
    'bitwiseshiftright',
    ['BITWISE_SHIFT_RIGHT'],
    [2, 2],
    ['<NUMERIC>, <NUMERIC>'],
    'The bits shifted to the right by a count.',
  ),
  viaNative('bitwisecomplement', ['BITWISE_COMPLEMENT'], [1, 1], ['<NUMERIC>'], 'The bits turned over.'),
  viaNative(
    'bitwiseconvertdoubletolongbits',
    ['BITWISE_CONVERT_DOUBLE_TO_LONG_BITS'],
    [1, 1],
    ['<NUMERIC>'],
    'The IEEE 754 bits of a DOUBLE, as a BIGINT.',
  ),
  viaNative(
    'bitwiseconvertlongbitstodouble',
    ['BITWISE_CONVERT_LONG_BITS_TO_DOUBLE'],
    [1, 1],
    ['<NUMERIC>'],
    'The DOUBLE that has these IEEE 754 bits.',
  ),
  viaNative(
    'human_readable_binary_byte_format',
    ['HUMAN_READABLE_BINARY_BYTE_FORMAT'],
    [1, 2],
    ['Number, [Precision]'],
    'A size in bytes in units of 1024: `1.00 KiB`.',
  ),
  viaNative(
    'human_readable_decimal_byte_format',
    ['HUMAN_READABLE_DECIMAL_BYTE_FORMAT'],
    [1, 2],
    ['Number, [Precision]'],
    'A size in bytes in units of 1000: `1.00 KB`.',
  ),
  viaNative(
    'human_readable_decimal_format',
    ['HUMAN_READABLE_DECIMAL_FORMAT'],
    [1, 2],
    ['Number, [Precision]'],
    'A number in units of 1000: `1.00 K`.',
  ),
];

export default functions;

/** A DOUBLE that was computed of a FLOAT or a DECIMAL is one as well. */
function likeArgument(result: Expr, { type }: Pick<Expr, 'type'>): Expr {
  if (result.type !== 'DOUBLE') return result;
  if (type === 'DECIMAL') return { ...result, type };
  return type === 'FLOAT' ? floatOf(result.sql) : result;
}

/** A number, or text that is taken for one. */
export function numberOf(expr: Expr, call: Pick<Call, 'fail' | 'zone'>): Expr {
  if (isNumber(expr)) return expr;
  if (expr.type === 'VARCHAR' || expr.type === 'NULL') return cast(expr, 'DOUBLE', call.zone);
  throw call.fail(`expected a number, got a ${expr.type}`);
}

function whole(expr: Expr, name: 'floor' | 'ceil', call: Call): Expr {
  const number = numberOf(expr, call);
  if (isWhole(number)) return number;
  return { sql: name === 'floor' ? sql`floor(${number.sql})` : sql`ceil(${number.sql})`, type: number.type };
}
