/**
 * The login module that Java's clients would use, out of `sasl.jaas.config` or a JAAS file.
 * https://kafka.apache.org/documentation/#security_jaas_client,
 * https://docs.oracle.com/en/java/javase/17/security/appendix-b-jaas-login-configuration-file.html
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

export const jaasFileProperty = 'java.security.auth.login.config';

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
  const file = jaasFileIn(env);
  if (file === undefined) {
    throw invalidInput(
      `'${name}' is missing: ${mechanism} takes its credentials from there, or from the section KafkaClient of a file ` +
        'that -Djava.security.auth.login.config in KAFKA_OPTS names',
    );
  }
  const jaas = jaasSection(file, ['KafkaClient']);
  if (jaas !== undefined) return jaas;
  throw invalidInput(`${file.path} has no section KafkaClient: KafkaClient { …LoginModule required name="value"; };`);
}

export interface JaasFile {
  readonly path: string;
  /** Who says that it is this one, for messages. */
  readonly namedBy: string;
}

/** The file that a JVM with these KAFKA_OPTS would read. */
export function jaasFileIn(env: Environment): JaasFile | undefined {
  const path = javaProperty(env, jaasFileProperty);
  return path === undefined ? undefined : { path, namedBy: 'KAFKA_OPTS' };
}

/**
 * The login module of the first of these sections that the file has; undefined when it has none of them.
 * @throws MillraceError `environment` when the file cannot be read, `invalidInput` when it is not JAAS.
 */
export function jaasSection({ path: named, namedBy }: JaasFile, names: readonly string[]): Jaas | undefined {
  const path = named.replace(/^file:/, '');
  const sections = parseFile(readFile(path, namedBy), path);
  for (const name of names) {
    const options = sections.get(name);
    if (options !== undefined) return { where: `${name} of ${path}`, options };
  }
  return undefined;
}

function readFile(path: string, namedBy: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const what = `${path}, the JAAS file that ${namedBy} names, cannot be read`;
    throw new MillraceError('environment', what, { cause: error });
  }
}

/** The first login module of each section. */
function parseFile(content: string, path: string): ReadonlyMap<string, Jaas['options']> {
  const tokens = new JaasTokens(content, path);
  const sections = new Map<string, Jaas['options']>();
  while (!tokens.isAtEnd) {
    const section = tokens.word('the name of a section');
    tokens.sign('{');
    const modules: Jaas['options'][] = [];
    while (!tokens.skips('}')) modules.push(parseModule(tokens));
    tokens.skips(';');
    if (modules[0] !== undefined && !sections.has(section)) sections.set(section, modules[0]);
  }
  return sections;
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
