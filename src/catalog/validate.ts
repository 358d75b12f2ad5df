/** From a schema's complaints to one error that says where, what was expected, and the nearest right word. */
import type { z } from 'zod';
import { formatPlace, invalidInput, nearestWord, type Place, unsupported } from '../errors.ts';
import type { TypeIssueParams } from './define.ts';

export type JsonPath = readonly PropertyKey[];

export interface ValidateOptions {
  /** What is being read, such as `query` or `dataSchema`; leads the message. */
  readonly what: string;
  /** Line and column of a JSON path, where the text is known. */
  readonly place?: ((path: JsonPath) => Place) | undefined;
}

/** One thing that is wrong with a value. */
export interface Mistake {
  readonly path: JsonPath;
  /** Without the place. */
  readonly message: string;
  /** Druid has it and millrace lacks it: 501 rather than 400. */
  readonly unsupported: boolean;
}

type Issue = z.core.$ZodIssue;

/** The value as the schema reads it. Throws `invalidInput` (400), or `unsupported` (501) when nothing but that is wrong. */
export function validate<T>(schema: z.ZodType<T>, value: unknown, options: ValidateOptions): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw mistakesError(mistakesOf(parsed.error, value), options);
}

/** What is wrong with the value, in the order of the schema; of a union's branches only the one that came nearest. */
function mistakesOf(error: z.ZodError, value: unknown): Mistake[] {
  return error.issues.flatMap((issue) => unfold(issue, [])).map((issue) => toMistake(issue, value));
}

/** One error: the first mistake leads, the others follow in the message. */
export function mistakesError(mistakes: readonly Mistake[], { what, place }: ValidateOptions) {
  const placeOf = place ?? ((path) => ({ path: formatPath(path) }));
  // What is plainly wrong comes before what we lack: only a correct request deserves a 501.
  const ordered = [...mistakes].sort((a, b) => Number(a.unsupported) - Number(b.unsupported));
  const [first, ...rest] = ordered as [Mistake, ...Mistake[]];
  const shown = rest.slice(0, maxShown).map((other) => `; ${formatPlace(placeOf(other.path))}: ${other.message}`);
  const more = rest.length > maxShown ? `; and ${rest.length - maxShown} more` : '';
  const fail = first.unsupported ? unsupported : invalidInput;
  const all = ordered.map(({ path, message }) => ({ place: placeOf(path), message }));
  return fail(`cannot read the ${what}: ${first.message}${shown.join('')}${more}`, {
    place: placeOf(first.path),
    context: { mistakes: all },
  });
}

const maxShown = 5;

/** `$.dataSchema.metricsSpec[1].type`; members that are no plain names in brackets and quotes. */
export function formatPath(path: JsonPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = String(part);
    return /^[A-Za-z_$][\w$-]*$/.test(name) ? `${text}.${name}` : `${text}[${JSON.stringify(name)}]`;
  }, '$');
}

/** The value at a path, undefined when there is none. */
export function valueAt(root: unknown, path: JsonPath): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

const isContainer = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** A value's JSON type in words. */
function typeInWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Zod reports a union as a whole; a person wants the complaint of the branch that was meant. */
function unfold(issue: Issue, outer: JsonPath): Issue[] {
  const path = [...outer, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => unfold(inner, path)));
  const depth = (branch: readonly Issue[]) => Math.max(...branch.map((inner) => inner.path.length));
  const deepest = Math.max(...branches.map(depth));
  if (deepest > path.length) return branches.find((branch) => depth(branch) === deepest) as Issue[];
  const expected = new Set(branches.flat().map((inner) => expectation(inner)));
  return [{ code: 'custom', message: '', path, params: { expected: [...expected].join(' or ') } }];
}

function toMistake(issue: Issue, root: unknown): Mistake {
  const params = issue.code === 'custom' ? ((issue.params ?? {}) as TypeIssueParams) : {};
  // Of a shorthand (`"hour"` for `{"type": "hour"}`) the whole is meant.
  const written = issue.path.findIndex((_, depth) => !isContainer(valueAt(root, issue.path.slice(0, depth))));
  const path =
    written < 1 || valueAt(root, issue.path.slice(0, written)) === undefined
      ? issue.path
      : issue.path.slice(0, written);
  return {
    path,
    message: messageOf(issue, valueAt(root, path), params),
    unsupported: params.unsupported ?? false,
  };
}

function messageOf(issue: Issue, actual: unknown, params: TypeIssueParams): string {
  if (params.wrongType !== undefined) return issue.message + hint(params.wrongType, params.rightTypes ?? []);
  if (issue.code === 'custom' && issue.message) return issue.message;
  if (issue.code === 'invalid_union')
    return `unknown ${issue.discriminator ?? 'value'} ${shownValue(actual)}${unionHint(issue, actual)}`;
  const known =
    issue.code === 'invalid_value' && typeof actual === 'string' ? hint(actual, issue.values.map(String)) : '';
  if (isStandard(issue)) return `expected ${expectation(issue)}, got ${shownValue(actual)}${known}`;
  return issue.message;
}

function unionHint(issue: Issue, actual: unknown): string {
  const options: readonly unknown[] = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  const words = options.map(String);
  const near = typeof actual === 'string' ? nearestWord(actual, words) : undefined;
  return near ? `; did you mean '${near}'?` : `, expected one of ${words.join(', ')}`;
}

const hint = (word: string, rightWords: readonly string[]) => {
  const near = nearestWord(word, rightWords);
  return near ? `; did you mean '${near}'?` : '';
};

/** Whether the message is zod's own rather than one that a schema gave. */
const isStandard = (issue: Issue) =>
  issue.code !== 'custom' ? /^(Invalid|Too|Unrecognized)\b/.test(issue.message) : !issue.message;

function expectation(issue: Issue): string {
  if (!isStandard(issue) && issue.code !== 'custom') return issue.message.replace(/^expected /, '');
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'nonoptional') return 'a value';
      return article(issue.expected === 'record' ? 'object' : issue.expected);
    case 'invalid_value':
      return issue.values.length === 1 ? quoted(issue.values[0]) : `one of ${issue.values.map(quoted).join(', ')}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return `text in the form of ${issue.format}`;
    case 'custom':
      return String((issue.params as { expected?: string } | undefined)?.expected ?? issue.message);
    default:
      return issue.message;
  }
}

const unitOf = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' elements' : '');
const quoted = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value));
const article = (type: string) =>
  /^[aio]/.test(type) && type !== 'optional' ? `an ${type}` : type === 'null' ? type : `a ${type}`;

function shownValue(actual: unknown): string {
  if (typeof actual === 'string') return `'${actual.length > 60 ? `${actual.slice(0, 60)}…` : actual}'`;
  return typeof actual === 'number' || typeof actual === 'boolean' ? String(actual) : typeInWords(actual);
}
