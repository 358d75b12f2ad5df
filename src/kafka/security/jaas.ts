/**
 * The login module that Java's clients would use, out of `sasl.jaas.config` or a JAAS file.
 * https://kafka.apache.org/documentation/#security_jaas_client
 *
 *     KafkaClient {                                     only in a file
 *       com.sun.security.auth.module.Krb5LoginModule required
 *       useKeyTab=true keyTab="/etc/security/druid.keytab";
 *     };
 */
import { readFileSync } from 'node:fs';
import { invalidInput, MillraceError } from '../../errors.ts';
import { type KafkaProperties, text } from '../properties.ts';

export interface Jaas {
  /** Where it stands, for messages. */
  readonly where: string;
  readonly options: Readonly<Record<string, string | undefined>>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a JVM with these KAFKA_OPTS would have as a system property. */
export function javaProperty(env: Environment, name: string): string | undefined {
  for (const [, key, quoted, plain] of (env.KAFKA_OPTS ?? '').matchAll(/-D([\w.]+)==?(?:(["'].*?["'])|(\S+))/g)) {
    if (key === name) return plain ?? quoted?.slice(1, -1);
  }
  return undefined;
}

/**
 * `sasl.jaas.config`, else the `KafkaClient` section of the file that KAFKA_OPTS names.
 * @throws MillraceError when there is neither, or it is not JAAS. The text is not told: it may hold a password.
 */
export function findJaas(properties: KafkaProperties, mechanism: string, env: Environment = process.env): Jaas {
  const name = 'sasl.jaas.config';
  const written = text(properties, name);
  if (written !== undefined) return { where: `'${name}'`, options: parseModule(new JaasTokens(written, `'${name}'`)) };
  const file = javaProperty(env, 'java.security.auth.login.config')?.replace(/^file:/, '');
  if (file !== undefined) return { where: `KafkaClient of ${file}`, options: parseFile(readFile(file), file) };
  throw invalidInput(
    `'${name}' is missing: ${mechanism} takes its credentials from there, or from the section KafkaClient of a file ` +
      'that -Djava.security.auth.login.config in KAFKA_OPTS names',
  );
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const what = `${file}, the JAAS file that KAFKA_OPTS names, cannot be read`;
    throw new MillraceError('environment', what, { cause: error });
  }
}

function parseFile(content: string, file: string): Jaas['options'] {
  const tokens = new JaasTokens(content, file);
  while (!tokens.isAtEnd) {
    const section = tokens.word('the name of a section');
    tokens.sign('{');
    const modules: Jaas['options'][] = [];
    while (!tokens.skips('}')) modules.push(parseModule(tokens));
    tokens.skips(';');
    if (section === 'KafkaClient' && modules[0] !== undefined) return modules[0];
  }
  throw invalidInput(`${file} has no section KafkaClient: KafkaClient { …LoginModule required name="value"; };`);
}

function parseModule(tokens: JaasTokens): Jaas['options'] {
  tokens.word('the class of a login module');
  tokens.word('required');
  const options: Record<string, string> = {};
  while (!tokens.isAtEnd && !tokens.skips(';')) {
    const name = tokens.word('the name of an option, or a semicolon');
    tokens.sign('=');
    options[name] = tokens.word('a value');
  }
  return options;
}

/** Words, bare or in double quotes, and the signs `{ } = ;`. */
class JaasTokens {
  readonly #text: string;
  readonly #where: string;
  #at = 0;

  constructor(content: string, where: string) {
    this.#text = content;
    this.#where = where;
    this.#skipBlank();
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  word(expected: string): string {
    const [, quoted, bare] = this.#take(/"((?:[^"\\]|\\.)*)"|([^\s{};="]+)/sy) ?? this.#fail(expected);
    return bare ?? (quoted as string).replace(/\\(.)/gs, '$1');
  }

  sign(sign: '{' | '='): void {
    if (!this.skips(sign)) this.#fail(`'${sign}'`);
  }

  skips(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    this.#skipBlank();
    return true;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    this.#skipBlank();
    return match;
  }

  #skipBlank(): void {
    const blank = /(?:\s|\/\/[^\n]*|\/\*.*?\*\/)*/sy;
    blank.lastIndex = this.#at;
    blank.exec(this.#text);
    this.#at = blank.lastIndex;
  }

  #fail(expected: string): never {
    const before = this.#text.slice(0, this.#at).split('\n');
    const place = `line ${before.length} column ${(before.at(-1) as string).length + 1}`;
    throw invalidInput(
      `${this.#where}, ${place}: expected ${expected}, as in: …LoginModule required username="…" password="…";`,
    );
  }
}
