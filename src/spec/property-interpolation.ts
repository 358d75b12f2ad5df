/**
 * Values that stand elsewhere, as in Druid's properties: `${env:NAME}`, `${env:NAME:-default}`, `${file:UTF-8:/path}`; `$${` is a plain `${`.
 * https://druid.apache.org/docs/latest/configuration/#configuration-interpolation
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A text with what it refers to in place. */
export const interpolated = z
  .union([z.string(), z.number().transform(String), z.boolean().transform(String)])
  .transform((value, context) => {
    try {
      return interpolate(value);
    } catch (error) {
      // Never the value itself: it may be a password.
      context.issues.push({ code: 'custom', input: undefined, message: `expected ${(error as Unresolved).expected}` });
      return z.NEVER;
    }
  });

/** What is missing, in words. */
class Unresolved {
  readonly expected: string;

  constructor(expected: string) {
    this.expected = expected;
  }
}

/** The innermost ones first, so that one may stand in another. */
const reference = /\$(?<escaped>\$\{[^{}]*\})|\$\{(?<kind>[a-z]+):(?<rest>[^${}]*)\}/g;
/** As deep as anybody nests them. */
const mostRounds = 5;

function interpolate(value: string): string {
  const escaped: string[] = [];
  let text = value;
  for (let round = 0; round < mostRounds && /\$\{|\$\$/.test(text); round++) {
    text = text.replace(reference, (_all, ...groups) => {
      const found = groups.at(-1) as { escaped?: string; kind?: string; rest?: string };
      if (found.escaped === undefined) return referredTo(found.kind ?? '', found.rest ?? '');
      escaped.push(found.escaped);
      return `\0${escaped.length - 1}\0`;
    });
  }
  return text.replace(/\0(\d+)\0/g, (_all, index: string) => escaped[Number(index)] ?? '');
}

function referredTo(kind: string, rest: string): string {
  const [name = '', byDefault] = rest.split(/:-(.*)/s, 2);
  switch (kind) {
    case 'env': {
      const value = process.env[name] ?? byDefault;
      if (value === undefined) throw new Unresolved(`the environment variable ${name}, which is not set`);
      return value;
    }
    case 'file':
      return contentOf(rest);
    default:
      throw new Unresolved(`\${env:NAME} or \${file:UTF-8:/path}, got one of kind '${kind}'`);
  }
}

function contentOf(rest: string): string {
  const [charset = '', path = ''] = rest.split(/:(.*)/s, 2);
  if (!/^utf-?8$/i.test(charset) || path === '') throw new Unresolved(`a file as \${file:UTF-8:/path}`);
  try {
    // Editors end the last line.
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Unresolved(`the file ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
