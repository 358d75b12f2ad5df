/** Reading single properties. */
import { invalidInput } from '../errors.ts';

/** Properties as a spec or a file has them: texts, numbers and booleans. */
export type KafkaProperties = Readonly<Record<string, unknown>>;

/** The text of a property; undefined when it is missing, null, or empty. */
export function text(properties: KafkaProperties, name: string): string | undefined {
  const value = properties[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'object') throw invalidProperty(name, JSON.stringify(value), 'a text');
  return String(value);
}

/** A whole number that Java's int holds. */
export function count(properties: KafkaProperties, name: string, otherwise: number): number {
  const value = text(properties, name);
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 0x7fffffff) {
    throw invalidProperty(name, value, 'a whole number from 0 to 2147483647');
  }
  return number;
}

/** The property's name is in the error's context, for who knows where it stands. */
export function invalidProperty(name: string, value: string, expected: string) {
  return invalidInput(`'${name}' is '${value}'; expected ${expected}`, { context: { property: name } });
}
