/** What the events of a stream look like but for their values: they mostly have the same fields in the same order, written the same way. */
import { closeBrace, comma, lineFeed, openBrace, quote, space, tab } from '../../ascii.ts';
import type { FieldKind, FlatColumn } from './flat-column.ts';
import { scanText, skipValue } from './flat-values.ts';

const colon = 0x3a;

/** What is done with a value. */
export const slotKinds = { skipped: 0, text: 1, long: 2, time: 3 } as const satisfies Record<
  FieldKind | 'skipped',
  number
>;

/** The bytes between values, `{"time":` and `,"url":` and `}`, as words, so that four of them are compared at once. */
export interface Shape {
  /** Of all gaps, each in whole words: before the first value, between two, behind the last. */
  readonly words: Int32Array;
  /** Which bits of a word count. */
  readonly masks: Int32Array;
  /** Where each gap's words end. */
  readonly ends: Int32Array;
  /** How many bytes each gap has. */
  readonly lengths: Int32Array;
  /** Of each value one of {@link slotKinds}. */
  readonly kinds: Uint8Array;
  /** Where each value goes; undefined for those that are skipped. */
  readonly columns: readonly (FlatColumn | undefined)[];
  /** Columns for which it has no value. */
  readonly missing: readonly FlatColumn[];
}

/** That of the event at a place; undefined when it is nested, or has an escape in a name or a field twice. */
export function learnShape(
  lines: Uint8Array,
  view: DataView,
  start: number,
  wanted: readonly FlatColumn[],
): Shape | undefined {
  const gaps: Uint8Array[] = [];
  const names = new Set<string>();
  const columns: (FlatColumn | undefined)[] = [];
  let gapStart = start;
  let at = start;
  const skipWhite = () => {
    while (lines[at] === space || lines[at] === tab) at++;
  };
  const passes = (byte: number) => {
    skipWhite();
    if (lines[at] !== byte) return false;
    at++;
    skipWhite();
    return true;
  };
  if (!passes(openBrace)) return undefined;
  do {
    const nameStart = at + 1;
    if (lines[at] !== quote) return undefined;
    at = scanText(view, at);
    if (at < 0) return undefined;
    const name = Buffer.from(lines.buffer, lines.byteOffset + nameStart, at - 1 - nameStart).toString('utf8');
    if (names.has(name) || !passes(colon)) return undefined;
    names.add(name);
    columns.push(wanted.find((column) => column.name === name));
    gaps.push(lines.subarray(gapStart, at));
    at = skipValue(view, at);
    if (at < 0) return undefined;
    gapStart = at;
  } while (passes(comma));
  if (!passes(closeBrace) || lines[at] !== lineFeed) return undefined;
  gaps.push(lines.subarray(gapStart, at + 1));
  return {
    ...wordsOf(gaps),
    kinds: Uint8Array.from(columns, (column) => slotKinds[column?.kind ?? 'skipped']),
    columns,
    missing: wanted.filter((column) => !columns.includes(column)),
  };
}

function wordsOf(gaps: readonly Uint8Array[]): Pick<Shape, 'words' | 'masks' | 'ends' | 'lengths'> {
  const words: number[] = [];
  const masks: number[] = [];
  const ends: number[] = [];
  for (const gap of gaps) {
    for (let at = 0; at < gap.length; at += 4) {
      const bytes = gap.subarray(at, at + 4);
      words.push(bytes.reduceRight((word, byte) => (word << 8) | byte, 0));
      masks.push(bytes.reduceRight((mask) => (mask << 8) | 0xff, 0));
    }
    ends.push(words.length);
  }
  const lengths = Int32Array.from(gaps, (gap) => gap.length);
  return { words: Int32Array.from(words), masks: Int32Array.from(masks), ends: Int32Array.from(ends), lengths };
}
