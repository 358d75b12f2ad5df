/**
 * Rows that random queries are asked over: every column type, nulls, empty texts, lists, days on both sides of Berlin's change of
 * clocks, segments without rows between them. Numbers are small multiples of 1/16, so that sums are exact in any order of the rows.
 */

/** Mulberry32: the same rows on every machine. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const words = [
  null,
  '',
  'a',
  'b',
  'B',
  'ab',
  'abc',
  'x1',
  'x10',
  'x9',
  '7',
  '-3',
  '12.5',
  'é',
  'a b',
  '50%',
  'A_B',
];
export const tags = [null, '', 'p', 'q', 'r', 'P', 'p q', '3'];

const first = Date.parse('2024-10-25T00:00:00Z');
/** Days from the first that have rows. */
const days = [0, 1, 2, 3, 7, 8, 38];
const rowsOfDay = 60;
const dayMs = 86_400_000;

function choices(seed: number) {
  const random = randomOf(seed);
  const below = (count: number) => Math.floor(random() * count);
  return { random, below, pick: <T>(values: readonly T[]): T => values[below(values.length)] as T };
}

/** A nested value: members of one type and of several, some of them missing, objects and lists inside. */
function nested({ below, pick }: ReturnType<typeof choices>): Readonly<Record<string, unknown>> | null {
  if (below(10) === 0) return null;
  const all = {
    l: below(41) - 20,
    d: (below(401) - 200) / 16,
    s: pick(words),
    b: pick([true, false, null]),
    v: pick<unknown>([1, 2, 0.5, 'a', '7', true, null]),
    o: pick<unknown>([
      null,
      {},
      { l: below(5) },
      { l: below(5), s: pick(words) },
      { s: pick(tags), o: { l: below(3) } },
    ]),
    al: Array.from({ length: below(4) }, () => pick([0, 1, 2, null])),
    as: Array.from({ length: below(4) }, () => pick(tags)),
    ao: Array.from({ length: below(3) }, () => ({ l: below(5) })),
  };
  return Object.fromEntries(Object.entries(all).filter(() => below(6) > 0));
}

function* rows(): Generator<Readonly<Record<string, unknown>>> {
  const { random, below, pick } = choices(20_241_025);
  const inside = choices(20_250_301);
  const number = <T>(value: () => T) => (below(8) === 0 ? null : value());
  for (const day of days) {
    // No two rows have the same time: which of them comes first is not promised.
    const times = Array.from({ length: rowsOfDay }, (_, row) => Math.floor(((row + random()) * dayMs) / rowsOfDay));
    for (const time of times) {
      yield {
        t: new Date(first + day * dayMs + time).toISOString(),
        s: pick(words),
        k: pick(['one', 'two', 'three']),
        m: below(5) === 0 ? pick(tags) : Array.from({ length: below(4) }, () => pick(tags)),
        l: number(() => below(41) - 20),
        big: number(() => (below(2_001) - 1_000) * 1_000_003),
        d: number(() => (below(4_001) - 2_000) / 16),
        f: number(() => (below(401) - 200) / 8),
        j: nested(inside),
      };
    }
  }
}

/** NDJSON. */
export const lines = [...rows()].map((row) => `${JSON.stringify(row)}\n`).join('');
