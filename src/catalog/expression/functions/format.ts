/** `format`: Java's `String.format` with a literal pattern, taken apart here so that the engine only joins texts. */
import { join, type Sql, sql } from '../../../sql.ts';
import type { Call, ExpressionFunction } from '../function.ts';
import { asString, string, type Typed } from '../typed.ts';

const functions: ExpressionFunction[] = [
  {
    name: 'format',
    args: 'pattern[, expr, …]',
    arity: [1],
    summary:
      "The arguments in the places of `%s`, `%d`, `%x`, `%o`, `%f`, `%e` and `%b` of a literal pattern, with Java's flags, width and precision. Where pattern and arguments do not go together, both as they are.",
    example: { expression: `format('%s: %05d, %,.2f', 'a', 42, 1234.5)`, result: 'a: 00042, 1,234.50' },
    compile(args, call) {
      const pattern = call.text(0);
      if (pattern === undefined) return string(sql`NULL::VARCHAR`);
      if (args.length === 1) return string(sql`${pattern}`);
      const values = call.settle(args.slice(1));
      const parts = partsOf(pattern, values, call);
      return string(parts ? sql`(${join(parts, ' || ')})` : unformatted(pattern, values));
    },
  },
];

export default functions;

interface Specifier {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  /** In lower case; `upper` where it was not. */
  readonly conversion: string;
  readonly upper: boolean;
}

const specifier = /%(?:(\d{1,3})\$)?([-#+ 0,(]*)(\d{1,3})?(?:\.(\d{1,3}))?([A-Za-z%])|%/g;

/** Undefined where the pattern and the values do not go together. */
function partsOf(pattern: string, values: readonly Typed[], call: Call): Sql[] | undefined {
  const parts: Sql[] = [sql`''`];
  let [end, next] = [0, 0];
  for (const match of pattern.matchAll(specifier)) {
    const [whole, place, flags, width, precision, conversion] = match;
    parts.push(sql`${pattern.slice(end, match.index)}`);
    end = match.index + whole.length;
    if (conversion === undefined) return undefined;
    const spec: Specifier = {
      flags: flags ?? '',
      width: Number(width ?? 0),
      precision: precision === undefined ? undefined : Number(precision),
      conversion: conversion.toLowerCase(),
      upper: conversion !== conversion.toLowerCase(),
    };
    if (conversion === '%' || conversion === 'n') {
      parts.push(padded(sql`${conversion === 'n' ? '\n' : '%'}`, spec));
      continue;
    }
    if ('acght'.includes(spec.conversion) && conversion !== 'c') throw call.gap(0, `the conversion ${whole}`);
    const value = values[place === undefined ? next++ : Number(place) - 1];
    const text = value && textOf(value, spec);
    if (!text) return undefined;
    parts.push(padded(spec.upper ? sql`upper(${text})` : text, spec));
  }
  return [...parts, sql`${pattern.slice(end)}`];
}

/** Undefined where the conversion is not for values of that type. */
function textOf(value: Typed, { flags, width, precision, conversion }: Specifier): Sql | undefined {
  const none = sql`${precision === undefined ? 'null' : 'null'.slice(0, precision)}`;
  const number = value.type === 'LONG' ? 'dxo' : value.type === 'DOUBLE' ? 'fe' : '';
  switch (conversion) {
    case 'b':
      return sql`CASE WHEN ${value.sql} IS NULL THEN 'false' ELSE 'true' END`;
    case 's': {
      const text = sql`coalesce(${asString(value)}, 'null')`;
      return precision === undefined ? text : sql`left(${text}, ${precision})`;
    }
  }
  if (value.type === 'NULL') return none;
  if (!'dxofe'.includes(conversion) || !number.includes(conversion)) return undefined;
  const zeros = flags.includes('0') ? `0${width || ''}` : '';
  const digits = number === 'fe' ? `.${precision ?? 6}` : '';
  const inner = `%${flags.replaceAll(/[-0(]/g, '')}${zeros}${digits}${conversion}`;
  // The engine rounds halves to even.
  const rounded = conversion === 'f' ? sql`round(${value.sql}, ${precision ?? 6})` : value.sql;
  const plain = sql`printf(${inner}, ${rounded})`;
  const signed = flags.includes('(')
    ? sql`CASE WHEN ${value.sql} < 0 THEN '(' || printf(${inner}, - ${rounded}) || ')' ELSE ${plain} END`
    : plain;
  return sql`coalesce(${signed}, ${none})`;
}

function padded(text: Sql, { width, flags }: Specifier): Sql {
  if (width === 0) return text;
  const pad = flags.includes('-') ? sql`rpad` : sql`lpad`;
  return sql`${pad}(${text}, CAST(greatest(length(${text}), ${width}) AS INTEGER), ' ')`;
}

function unformatted(pattern: string, values: readonly Typed[]): Sql {
  const texts = values.map((value) => sql`coalesce(${asString(value)}, 'null')`);
  return sql`concat_ws('; ', ${join([sql`${pattern}`, ...texts])})`;
}
