/** Numbers. https://druid.apache.org/docs/latest/querying/sql-scalar#numeric-functions */
import { sql } from '../../../sql.ts';
import { bigint, cast, type Expr, isNumber, isWhole } from '../types.ts';
import { arg, type Call, native, type ScalarFunction, viaNative } from './define.ts';
import { ceilToUnit, floorToUnit } from './time.ts';

const functions: ScalarFunction[] = [
  viaNative(['ABS'], [1, 1], 'abs'),
  viaNative(['ACOS'], [1, 1], 'acos'),
  viaNative(['ASIN'], [1, 1], 'asin'),
  viaNative(['ATAN'], [1, 1], 'atan'),
  viaNative(['ATAN2'], [2, 2], 'atan2'),
  viaNative(['COS'], [1, 1], 'cos'),
  viaNative(['COT'], [1, 1], 'cot'),
  viaNative(['SIN'], [1, 1], 'sin'),
  viaNative(['TAN'], [1, 1], 'tan'),
  viaNative(['EXP'], [1, 1], 'exp'),
  viaNative(['LN'], [1, 1], 'log'),
  viaNative(['LOG10'], [1, 1], 'log10'),
  viaNative(['POWER'], [2, 2], 'pow'),
  viaNative(['SQRT'], [1, 1], 'sqrt'),
  viaNative(['DEGREES'], [1, 1], 'todegrees'),
  viaNative(['RADIANS'], [1, 1], 'toradians'),
  viaNative(['DIV'], [2, 2], 'div'),
  viaNative(['SAFE_DIVIDE'], [2, 2], 'safe_divide'),
  viaNative(['GREATEST'], [1], 'greatest'),
  viaNative(['LEAST'], [1], 'least'),
  viaNative(['PI'], [0, 0], 'pi'),
  {
    names: ['FLOOR'],
    arity: [1, 2],
    compile: (args, call) =>
      args.length === 2 ? floorToUnit(arg(args, 0), call.text(1) ?? '', call) : whole(arg(args, 0), 'floor', call),
  },
  {
    names: ['CEIL', 'CEILING'],
    arity: [1, 2],
    compile: (args, call) =>
      args.length === 2 ? ceilToUnit(arg(args, 0), call.text(1) ?? '', call) : whole(arg(args, 0), 'ceil', call),
  },
  {
    names: ['ROUND'],
    arity: [1, 2],
    compile: (args, call) => (isWhole(arg(args, 0)) && args.length === 1 ? arg(args, 0) : native('round', args, call)),
  },
  {
    names: ['TRUNC', 'TRUNCATE'],
    arity: [1, 2],
    compile(args, call) {
      const number = numberOf(arg(args, 0), call);
      const digits = call.integer(1) ?? 0;
      if (isWhole(number) && digits >= 0) return number;
      const unit = sql`pow(10, ${digits})`;
      const cut = sql`(trunc(CAST(${number.sql} AS DOUBLE) * ${unit}) / ${unit})`;
      return isWhole(number) ? bigint(sql`CAST(${cut} AS BIGINT)`) : { sql: cut, type: 'DOUBLE' };
    },
  },
  {
    names: ['MOD'],
    arity: [2, 2],
    compile(args, call) {
      const [left, right] = [numberOf(arg(args, 0), call), numberOf(arg(args, 1), call)];
      return { sql: sql`(${left.sql} % ${right.sql})`, type: isWhole(left) && isWhole(right) ? 'BIGINT' : 'DOUBLE' };
    },
  },
  viaNative(['BITWISE_AND'], [2, 2], 'bitwiseand'),
  viaNative(['BITWISE_OR'], [2, 2], 'bitwiseor'),
  viaNative(['BITWISE_XOR'], [2, 2], 'bitwisexor'),
  viaNative(['BITWISE_SHIFT_LEFT'], [2, 2], 'bitwiseshiftleft'),
  viaNative(['BITWISE_SHIFT_RIGHT'], [2, 2], 'bitwiseshiftright'),
  viaNative(['BITWISE_COMPLEMENT'], [1, 1], 'bitwisecomplement'),
  viaNative(['BITWISE_CONVERT_DOUBLE_TO_LONG_BITS'], [1, 1], 'bitwiseconvertdoubletolongbits'),
  viaNative(['BITWISE_CONVERT_LONG_BITS_TO_DOUBLE'], [1, 1], 'bitwiseconvertlongbitstodouble'),
  viaNative(['HUMAN_READABLE_BINARY_BYTE_FORMAT'], [1, 2], 'human_readable_binary_byte_format'),
  viaNative(['HUMAN_READABLE_DECIMAL_BYTE_FORMAT'], [1, 2], 'human_readable_decimal_byte_format'),
  viaNative(['HUMAN_READABLE_DECIMAL_FORMAT'], [1, 2], 'human_readable_decimal_format'),
];

export default functions;

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
