/** Random queries asked of both, and each difference made as small as it gets. */
import fc from 'fast-check';
import { differences } from '../compare.ts';
import type { Answer, Asked, Case } from '../define.ts';

/** How many queries until the next search begins: one finds one difference, shrinks it and ends. */
const stretch = 50;

/** What Druid 33 answers with an error of its own making. */
const ownErrors = /toFrameRowsAndColumns|NullPointerException|ClassCastException|IndexOutOfBounds|Cannot invoke/;

const isNoNumber = (given: unknown) => /^(NaN|-?Infinity)$/.test(String(given));

/**
 * What a scan computes Druid prints as it comes: a number's text as that number, a list of one as such, NaN, and it names FLOAT
 * the type of null. docs/differences.md has what is done here.
 */
function plain(answer: Answer): Answer {
  if (!Array.isArray(answer.body)) return answer;
  // Rows of SQL.
  if (Array.isArray(answer.body[0]))
    return {
      ...answer,
      body: answer.body.map((row: unknown[]) => row.map((given) => (isNoNumber(given) ? null : given))),
    };
  if (answer.body[0]?.rowSignature === undefined) return answer;
  const value = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.length < 2 ? value(given[0]) : given.map(value);
    if (given === undefined || isNoNumber(given)) return null;
    return typeof given === 'string' && given.trim() !== '' && !Number.isNaN(Number(given)) ? Number(given) : given;
  };
  const row = (event: object): unknown =>
    Array.isArray(event)
      ? event.map(value)
      : Object.fromEntries(Object.entries(event).map(([key, each]) => [key, value(each)]));
  return { ...answer, body: answer.body.map(({ columns, events }) => ({ columns, events: events.map(row) })) };
}

export interface Found {
  readonly case: Case;
  readonly differences: readonly string[];
}

export interface Outcome {
  readonly asked: number;
  /** Answered with an error by Druid, and answered by us. */
  readonly refused: number;
  /** What we refuse and Druid answers, and how often. */
  readonly lacks: ReadonlyMap<string, number>;
  readonly found: readonly Found[];
}

/** The same cases for the same seed. */
export async function generate(
  cases: fc.Arbitrary<Case>,
  options: {
    readonly count: number;
    readonly seed: number;
    readonly druid: Asked;
    readonly millrace: Asked;
    onFound(found: Found): void;
  },
): Promise<Outcome> {
  const { druid, millrace, seed, count } = options;
  let asked = 0;
  let refused = 0;
  const found: Found[] = [];
  const lacks = new Map<string, number>();
  const differing = async (one: Case): Promise<string[]> => {
    const expected = await druid.ask(one.query);
    asked++;
    if (expected.status !== 200) {
      if (!ownErrors.test(String(expected.body))) refused++;
      return [];
    }
    const actual = await millrace.ask(one.query);
    if (actual.status === 400 || actual.status === 501) {
      const lack = String(actual.body).replaceAll(/`[^`]*`|'[^']*'|\d+/g, '…');
      lacks.set(lack, (lacks.get(lack) ?? 0) + 1);
      return [];
    }
    return differences(one, plain(expected), plain(actual));
  };
  for (let from = 0; from < count; from += stretch) {
    let last: Found | undefined;
    const property = fc.asyncProperty(cases, async (one) => {
      const differs = await differing(one);
      if (differs.length > 0) last = { case: one, differences: differs };
      return differs.length === 0;
    });
    const details = await fc.check(property, { numRuns: Math.min(stretch, count - from), seed: seed + from });
    if (details.failed && last) {
      found.push(last);
      options.onFound(last);
    }
  }
  return { asked, refused, lacks, found };
}
