/** The properties of a file, read one by one, each mistake with the line that it stands on. */
import { invalidInput, type MillraceError, type Place } from '../../errors.ts';
import { loadJavaProperties } from '../../spec/java-properties.ts';
import type { Loaded } from '../../spec/load.ts';
import { patternProblem, wholeName } from '../../spec/topic-pattern.ts';
import { withProvidedValues } from './config-providers.ts';

/** What is said of a property that is old, has no effect, or is not known. */
export interface Remark {
  readonly place: Place;
  readonly message: string;
}

export interface Property {
  /** As it stands in the file. */
  readonly fullName: string;
  readonly value: string;
}

export class SettingsFile {
  readonly properties: Readonly<Record<string, string>>;
  readonly #placeOf: Loaded['placeOf'];
  /** In which a property is looked for, the first that has it counts: `A->B.` before none. */
  readonly #prefixes: readonly string[];
  readonly #read: Set<string>;

  /** @throws MillraceError `invalidInput` for a text that is no properties file, and as `withProvidedValues`. */
  static parse(text: string, file: string): SettingsFile {
    const { value, placeOf } = loadJavaProperties(text, file);
    const properties = withProvidedValues(value as Record<string, string>, (name) => placeOf([name]));
    return new SettingsFile(properties, placeOf, [''], new Set());
  }

  private constructor(
    properties: Readonly<Record<string, string>>,
    placeOf: Loaded['placeOf'],
    prefixes: readonly string[],
    read: Set<string>,
  ) {
    this.properties = properties;
    this.#placeOf = placeOf;
    this.#prefixes = prefixes;
    this.#read = read;
  }

  /** The same file, with properties under this prefix in front of those without. */
  preferring(prefix: string): SettingsFile {
    return new SettingsFile(this.properties, this.#placeOf, [prefix, ...this.#prefixes], this.#read);
  }

  /** The properties under a prefix, without it, where `isMeant` says so of them. */
  under(prefix: string, isMeant: (name: string) => boolean): ReadonlyMap<string, Property> {
    const found = new Map<string, Property>();
    for (const [fullName, value] of Object.entries(this.properties)) {
      const name = fullName.slice(prefix.length);
      if (!fullName.startsWith(prefix) || !isMeant(name)) continue;
      this.#read.add(fullName);
      found.set(name, { fullName, value });
    }
    return found;
  }

  /** In the order of the file. */
  unread(): readonly string[] {
    return Object.keys(this.properties).filter((name) => !this.#read.has(name));
  }

  /** Without blanks around it; undefined when it is missing. */
  text(name: string): string | undefined {
    // Those behind the first are overridden, which is not to be unread.
    for (const prefix of this.#prefixes) this.#read.add(`${prefix}${name}`);
    return this.properties[this.#nameOf(name)]?.trim();
  }

  has(name: string): boolean {
    return this.#nameOf(name) in this.properties;
  }

  flag(name: string, byDefault: boolean): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return byDefault;
    if (value !== 'true' && value !== 'false') throw this.mistake(name, 'true or false');
    return value === 'true';
  }

  /** One of some words, in any letter case. */
  word<const T extends string>(name: string, words: readonly [T, ...T[]]): T {
    const value = this.text(name)?.toLowerCase();
    const word = value === undefined ? words[0] : words.find((one) => one === value);
    if (word === undefined) throw this.mistake(name, words.join(', '));
    return word;
  }

  /** A whole number that Java's int holds. */
  count(name: string, byDefault: number, least = 0): number {
    const value = this.text(name);
    if (value === undefined) return byDefault;
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || number < least || number > mostCount)
      throw this.mistake(name, `a whole number from ${least} to ${mostCount}`);
    return number;
  }

  /**
   * Milliseconds between times of what `NAME.enabled` switches and `NAME.interval.seconds` says; undefined when it is switched off,
   * by a negative interval too.
   */
  interval(name: string, byDefault: { readonly enabled: boolean; readonly seconds: number }): number | undefined {
    const property = `${name}.interval.seconds`;
    const seconds = this.count(property, byDefault.seconds, -1);
    if (seconds === 0 || seconds * 1000 > mostCount)
      throw this.mistake(property, `1 to ${Math.floor(mostCount / 1000)}`);
    return this.flag(`${name}.enabled`, byDefault.enabled) && seconds > 0 ? seconds * 1000 : undefined;
  }

  /** `a, b` → its parts. */
  list(name: string, byDefault: string): readonly string[] {
    return partsOf(this.text(name) ?? byDefault);
  }

  /** Of a list of names and patterns, what matches any of them as a whole; undefined for an empty list. */
  pattern(name: string, byDefault: string): RegExp | undefined {
    const joined = this.list(name, byDefault).join('|');
    const problem = patternProblem(joined);
    if (problem !== undefined) throw this.mistake(name, `names or regular expressions: ${problem}`);
    return joined === '' ? undefined : wholeName(joined);
  }

  /** What is wrong with the value of a property. */
  mistake(name: string, expected: string): MillraceError {
    const place = this.placeOf(name);
    const value = this.properties[this.#nameOf(name)];
    return invalidInput(value === undefined ? `expected ${expected}` : `'${value}'; expected ${expected}`, { place });
  }

  remark(name: string, message: string): Remark {
    return { place: this.placeOf(name), message };
  }

  /** Where a property stands; without a name the file alone. */
  placeOf(name?: string): Place {
    return this.#placeOf(name === undefined ? [] : [this.#nameOf(name)]);
  }

  #nameOf(name: string): string {
    const prefix = this.#prefixes.find((one) => `${one}${name}` in this.properties);
    return `${prefix ?? ''}${name}`;
  }
}

const mostCount = 2_147_483_647;

const partsOf = (list: string): readonly string[] =>
  list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
