/** Mathematics. Where Java answers NaN or an infinity for an argument outside a function's domain, the result is null. */
import { join, type Sql, sql } from '../../../sql.ts';
import { doubleToLong, positiveZero } from '../../numbers.ts';
import { arg, type ExpressionFunction } from '../function.ts';
import { asDouble, asLong, commonType, double, inType, long, string, type Typed } from '../typed.ts';

const functions: ExpressionFunction[] = [
  ofDouble('acos', 'The arc cosine in radians.', sql`acos`, ['acos(1)', 0]),
  ofDouble('asin', 'The arc sine in radians.', sql`asin`, ['asin(0)', 0]),
  ofDouble('atan', 'The arc tangent in radians.', sql`atan`, ['atan(0)', 0]),
  ofDouble('cbrt', 'The cube root.', sql`cbrt`, ['round(cbrt(27), 9)', 3]),
  ofDouble('ceil', 'The smallest whole number that is not less, as a double.', sql`ceil`, ['ceil(2.1)', 3]),
  ofDouble('cos', 'The cosine of an angle in radians.', sql`cos`, ['cos(0)', 1]),
  ofDouble('cosh', 'The hyperbolic cosine.', sql`cosh`, ['cosh(0)', 1]),
  ofDouble('cot', 'The cotangent of an angle in radians.', sql`cot`, ['round(cot(0.7853981633974483), 9)', 1]),
  ofDouble('exp', "Euler's number to the power of the argument.", sql`exp`, ['exp(0)', 1]),
  ofDouble('floor', 'The largest whole number that is not greater, as a double.', sql`floor`, ['floor(-2.1)', -3]),
  ofDouble('log', 'The natural logarithm.', sql`ln`, ['log(1)', 0]),
  ofDouble('log10', 'The logarithm to base 10.', sql`log10`, ['log10(1000)', 3]),
  ofDouble('signum', '-1, 0 or 1 by the sign, as a double.', sql`sign`, ['signum(-7)', -1]),
  ofDouble('sin', 'The sine of an angle in radians.', sql`sin`, ['sin(0)', 0]),
  ofDouble('sinh', 'The hyperbolic sine.', sql`sinh`, ['sinh(0)', 0]),
  ofDouble('sqrt', 'The square root.', sql`sqrt`, ['sqrt(9)', 3]),
  ofDouble('tan', 'The tangent of an angle in radians.', sql`tan`, ['tan(0)', 0]),
  ofDouble('tanh', 'The hyperbolic tangent.', sql`tanh`, ['tanh(0)', 0]),
  ofDouble('toDegrees', 'Radians as degrees.', sql`degrees`, ['toDegrees(pi())', 180]),
  ofDouble('toRadians', 'Degrees as radians.', sql`radians`, ['toRadians(180) == pi()', 1]),
  ofDouble(
    'rint',
    'The nearest whole number, of two equally near the even one, as a double.',
    sql`round_even`,
    ['rint(2.5)', 2],
    sql`, 0`,
  ),
  ofDouble('expm1', 'exp(x) - 1.', sql`-1 + exp`, ['expm1(0)', 0]),
  ofDouble('log1p', 'The natural logarithm of x + 1.', sql`ln`, ['log1p(0)', 0], sql` + 1`),
  ofTwo('atan2', 'y, x', 'The angle of the point (x, y) in radians.', (y, x) => sql`atan2(${y}, ${x})`, [
    'atan2(0, 1)',
    0,
  ]),
  ofTwo(
    'copysign',
    'x, y',
    'The first number with the sign of the second.',
    (x, y) => sql`(abs(${x}) * CASE WHEN ${y} < 0 THEN -1 WHEN ${y} IS NOT NULL THEN 1 END)`,
    ['copysign(3, -1)', -3],
  ),
  ofTwo('hypot', 'x, y', 'sqrt(x² + y²).', (x, y) => sql`sqrt(pow(${x}, 2) + pow(${y}, 2))`, ['hypot(3, 4)', 5]),
  ofTwo('pow', 'x, y', 'The first to the power of the second, as a double.', (x, y) => sql`pow(${x}, ${y})`, [
    'pow(2, 10)',
    1024,
  ]),
  ofTwo(
    'remainder',
    'x, y',
    'x less the nearest whole multiple of y.',
    (x, y) => sql`(${x} - ${y} * round_even(${x} / ${y}, 0))`,
    ['remainder(5, 3)', -1],
  ),
  {
    name: 'abs',
    args: 'x',
    arity: [1, 1],
    summary: 'The absolute value, a long of a long.',
    example: { expression: 'abs(-3)', result: 3 },
    compile(args, call) {
      const [x] = call.settle(args) as [Typed];
      return x.type === 'LONG' ? long(sql`TRY(abs(${x.sql}))`) : double(sql`abs(${asDouble(x)})`);
    },
  },
  {
    name: 'div',
    args: 'x, y',
    arity: [2, 2],
    summary: 'Division, cut off to a whole number; null by a whole zero.',
    example: { expression: 'div(7, 2.5)', result: 2 },
    compile(args) {
      const [x, y] = args as [Typed, Typed];
      if (commonType(args) === 'LONG') return long(sql`TRY(${asLong(x)} // ${asLong(y)})`);
      return long(doubleToLong(sql`(${asDouble(x)} / ${asDouble(y)})`));
    },
  },
  {
    name: 'greatest',
    args: 'expr, …',
    arity: [0],
    summary: 'The largest argument, nulls aside; of numbers and texts mixed, by text.',
    example: { expression: 'greatest(1, "x", 2.5)', row: {}, result: '2.5' },
    compile: (args, call) => reduce(sql`greatest`, call.settle(args)),
  },
  {
    name: 'least',
    args: 'expr, …',
    arity: [0],
    summary: 'The smallest argument, nulls aside; of numbers and texts mixed, by text.',
    example: { expression: 'least(3, 2, 4)', result: 2 },
    compile: (args, call) => reduce(sql`least`, call.settle(args)),
  },
  {
    name: 'max',
    args: 'x, y',
    arity: [2, 2],
    summary: 'The greater of two numbers; null if one is null.',
    example: { expression: 'max(1, 2)', result: 2 },
    compile: (args, call) => extreme(sql`greatest`, call.settle(args)),
  },
  {
    name: 'min',
    args: 'x, y',
    arity: [2, 2],
    summary: 'The smaller of two numbers; null if one is null.',
    example: { expression: 'min(1, 2.5)', result: 1 },
    compile: (args, call) => extreme(sql`least`, call.settle(args)),
  },
  {
    name: 'pi',
    args: '',
    arity: [0, 0],
    summary: 'The constant π.',
    example: { expression: 'floor(pi() * 1000)', result: 3141 },
    compile: () => double(sql`pi()`),
  },
  {
    name: 'round',
    args: 'x[, digits]',
    arity: [1, 2],
    summary: 'Rounded to so many decimal digits, halves away from zero; digits may be negative. A long of a long.',
    example: { expression: 'round(1234.567, 2)', result: 1234.57 },
    compile(args, call) {
      const [x] = call.settle(args) as [Typed];
      const digits = args[1] ? sql`CAST(${asLong(args[1])} AS INTEGER)` : sql`0`;
      return x.type === 'LONG'
        ? long(sql`TRY(round(${x.sql}, ${digits}))`)
        : double(positiveZero(sql`TRY(round(${asDouble(x)}, ${digits}))`));
    },
  },
  {
    name: 'safe_divide',
    args: 'x, y',
    arity: [2, 2],
    summary: 'x / y, null where y is 0; of doubles 0 where both are.',
    example: { expression: 'safe_divide(1, 0)', result: null },
    compile(args, call) {
      const [x, y] = call.settle(args) as [Typed, Typed];
      const whole = commonType([x, y]) === 'LONG';
      return whole
        ? long(sql`TRY(${asLong(x)} // ${asLong(y)})`)
        : double(
            sql`coalesce(${asDouble(x)} / nullif(${asDouble(y)}, 0), CASE WHEN ${asDouble(x)} = 0 THEN 0 * ${asDouble(y)} END)`,
          );
    },
  },
];

export default functions;

function ofDouble(
  name: string,
  summary: string,
  sqlName: Sql,
  [expression, result]: readonly [string, number],
  after = sql``,
): ExpressionFunction {
  return {
    name,
    args: 'x',
    arity: [1, 1],
    summary,
    example: { expression, result },
    compile: (args) => double(ofNumber(sqlName, sql`${asDouble(arg(args, 0))}${after}`)),
  };
}

/** Where the engine fails, Java has a value: infinity at a pole, and NaN for what is not defined. */
function ofNumber(sqlName: Sql, x: Sql): Sql {
  const value = sql`TRY(${sqlName}(${x}))`;
  switch (sqlName.text) {
    case 'ln':
    case 'log10':
      return sql`CASE WHEN ${x} = 0 THEN '-Infinity'::DOUBLE WHEN ${x} < 0 THEN 'NaN'::DOUBLE ELSE ${value} END`;
    case 'cot':
      return sql`CASE WHEN ${x} = 0 THEN 'Infinity'::DOUBLE WHEN isinf(${x}) THEN 'NaN'::DOUBLE ELSE ${value} END`;
    case 'sin':
    case 'cos':
    case 'tan':
      return sql`CASE WHEN isinf(${x}) THEN 'NaN'::DOUBLE ELSE ${value} END`;
    case 'sqrt':
      return sql`CASE WHEN ${x} < 0 THEN 'NaN'::DOUBLE ELSE ${value} END`;
    case 'acos':
    case 'asin':
      return sql`CASE WHEN abs(${x}) > 1 THEN 'NaN'::DOUBLE ELSE ${value} END`;
    default:
      return value;
  }
}

function ofTwo(
  name: string,
  args: string,
  summary: string,
  of: (x: Sql, y: Sql) => Sql,
  [expression, result]: readonly [string, number],
): ExpressionFunction {
  return {
    name,
    args,
    arity: [2, 2],
    summary,
    example: { expression, result },
    compile: ([x, y]) => double(sql`TRY(${of(asDouble(x as Typed), asDouble(y as Typed))})`),
  };
}

function reduce(sqlName: Sql, values: readonly Typed[]): Typed {
  const type = commonType(values);
  if (type === 'NULL') return string(sql`NULL::VARCHAR`);
  return { type, sql: sql`${sqlName}(${join(values.map((value) => inType(value, type)))})` };
}

function extreme(sqlName: Sql, values: readonly Typed[]): Typed {
  const [x, y] = values.map((value) => (commonType(values) === 'LONG' ? asLong(value) : asDouble(value))) as [Sql, Sql];
  const either = sql`CASE WHEN ${x} IS NOT NULL AND ${y} IS NOT NULL THEN ${sqlName}(${x}, ${y}) END`;
  return commonType(values) === 'LONG' ? long(either) : double(either);
}
