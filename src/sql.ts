/**
 * SQL text that cannot be injected into.
 *
 * Every statement that millrace sends to its engine is built from {@link Sql} fragments. In the tag {@link sql} an
 * interpolated fragment is inlined and any other value becomes a literal, so a name or value that came from a user can
 * reach the engine only as a quoted literal, or through {@link ident} as a quoted identifier.
 */

/** A piece of SQL, safe to inline into another one. */
export class Sql {
  readonly text: string;
  /** Use {@link sql}, {@link ident}, {@link literal}, {@link join}; `new Sql` is for text that no user has touched. */
  constructor(text: string) {
    this.text = text;
    Object.freeze(this);
  }
  toString(): string {
    return this.text;
  }
}

export type SqlValue = Sql | string | number | bigint | boolean | null;

/** Tag: `sql\`SELECT ${ident(name)} WHERE x = ${'a value'}\``. */
export function sql(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  let text = strings[0] as string;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as SqlValue;
    text += (value instanceof Sql ? value.text : literal(value).text) + strings[i + 1];
  }
  return new Sql(text);
}

/** A quoted identifier. NUL cannot stand in an identifier of the engine; it is replaced by U+FFFD. */
export function ident(name: string): Sql {
  return new Sql(`"${name.replaceAll('\0', '\ufffd').replaceAll('"', '""')}"`);
}

/** A literal of the value's own SQL type. */
export function literal(value: string | number | bigint | boolean | null): Sql {
  if (value === null) return new Sql('NULL');
  switch (typeof value) {
    case 'string':
      return new Sql(stringLiteral(value));
    case 'bigint':
      return new Sql(value < 0n ? `(${value})` : `${value}`);
    case 'boolean':
      return new Sql(value ? 'true' : 'false');
    case 'number':
      return new Sql(numberLiteral(value));
  }
}

function stringLiteral(value: string): string {
  // A lone surrogate has no UTF-8 form, and the engine takes NUL for the end of the statement.
  const parts = value
    .toWellFormed()
    .split('\0')
    .map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' || chr(0) || ')})`;
}

function numberLiteral(value: number): string {
  if (Number.isNaN(value)) return "'NaN'::DOUBLE";
  if (!Number.isFinite(value)) return value > 0 ? "'Infinity'::DOUBLE" : "'-Infinity'::DOUBLE";
  if (Number.isSafeInteger(value)) return value < 0 ? `(${value})` : `${value}`;
  return `'${value}'::DOUBLE`;
}

/** Fragments joined by a separator that is plain SQL text. */
export function join(parts: readonly Sql[], separator = ', '): Sql {
  return new Sql(parts.map((part) => part.text).join(separator));
}

/** `(a AND b …)`; true without parts. */
export function and(parts: readonly Sql[]): Sql {
  if (parts.length === 0) return sql`true`;
  return parts.length === 1 ? (parts[0] as Sql) : sql`(${join(parts, ' AND ')})`;
}

/** `(a OR b …)`; false without parts. */
export function or(parts: readonly Sql[]): Sql {
  if (parts.length === 0) return sql`false`;
  return parts.length === 1 ? (parts[0] as Sql) : sql`(${join(parts, ' OR ')})`;
}
