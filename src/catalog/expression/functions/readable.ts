/** Numbers as people read them. */
import { join, type Sql, sql } from '../../../sql.ts';
import { letIn } from '../../operand.ts';
import { arg, type Call, type ExpressionFunction } from '../function.ts';
import { asLong, string } from '../typed.ts';

const functions: ExpressionFunction[] = [
  define('human_readable_binary_byte_format', 'Bytes in units of 1,024', 1024, ' B', 'iB', [
    'human_readable_binary_byte_format(1048576)',
    '1.00 MiB',
  ]),
  define('human_readable_decimal_byte_format', 'Bytes in units of 1,000', 1000, ' B', 'B', [
    'human_readable_decimal_byte_format(1000000, 3)',
    '1.000 MB',
  ]),
  define('human_readable_decimal_format', 'A number in units of 1,000', 1000, '', '', [
    'human_readable_decimal_format(1000000)',
    '1.00 M',
  ]),
];

export default functions;

function define(
  name: string,
  summary: string,
  base: 1000 | 1024,
  plainUnit: string,
  unitEnd: string,
  [expression, result]: readonly [string, string],
): ExpressionFunction {
  return {
    name,
    args: 'value[, precision]',
    arity: [1, 2],
    summary: `${summary}, with 0 to 3 digits behind the point, 2 if none are given.`,
    example: { expression, result },
    compile: (args, call) => {
      const precision = precisionOf(call);
      const printed = (number: Sql) => {
        const sizes = [...'KMGTPE'].map((letter, i) => ({ letter, power: i + 1 })).reverse();
        const cases = sizes.map(({ letter, power }) => {
          const size = BigInt(base) ** BigInt(power);
          const inUnits = base === 1024 ? sql`${number} / ${Number(size)}::DOUBLE` : thousandths(number, size);
          const format = `%.${precision}f ${letter}${unitEnd}`;
          return sql`WHEN abs(CAST(${number} AS HUGEINT)) >= ${size} THEN printf(${format}, ${inUnits})`;
        });
        return sql`CASE ${join(cases, ' ')} ELSE ${number} || ${plainUnit} END`;
      };
      return string(letIn('number', asLong(arg(args, 0)), printed));
    },
  };
}

/** Druid cuts off what is less than a thousandth of the unit. */
const thousandths = (number: Sql, size: bigint) => sql`(${number} // ${size / 1000n}) / 1000::DOUBLE`;

function precisionOf(call: Call): number {
  const precision = call.integer(1) ?? 2;
  if (precision >= 0 && precision <= 3) return precision;
  throw call.fail(1, `expected a precision from 0 to 3, got ${precision}`);
}
