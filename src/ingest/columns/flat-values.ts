/**
 * JSON's values, read where they lie. Each function begins at a byte and returns where the value ends, or -1 when it is
 * none that it takes. All may look a few bytes, and at most a time, behind the end.
 */
import { backslash, minus, quote, space, zero } from '../../ascii.ts';
import { type FlatColumn, setNumberAt } from './flat-column.ts';

const colon = 0x3a;
const point = 0x2e;
const letterZ = 0x5a;
/** `null`, and every byte of a word. */
const nullWord = 0x6c6c_756e;
const eachByte = 0x0101_0101;

const hashStart = 0x811c_9dc5 | 0;
const mixed = (hash: number, word: number) => {
  const product = Math.imul(hash ^ word, 0x0100_0193);
  return product ^ (product >>> 15);
};

/** Of the string that {@link scanText} found last, so that equal ones have equal hashes. */
let textHash = 0;

/** Bits of all bytes that {@link scanText} has seen: with a highest one among them, some were not ASCII. */
let seenBits = 0;

/** Whether any byte since the last call was not ASCII; now and then also when there was none. */
export function takeNonAscii(): boolean {
  const found = (seenBits & (0x80 * eachByte)) !== 0;
  seenBits = 0;
  return found;
}

/** A string without escapes. */
export function scanText(view: DataView, start: number): number {
  if (view.getUint8(start) !== quote) return -1;
  let at = start + 1;
  let hash = hashStart;
  for (;;) {
    const word = view.getInt32(at, true);
    const fromQuote = word ^ (quote * eachByte);
    const fromBackslash = word ^ (backslash * eachByte);
    // The highest bit of each byte that is a quote, a backslash or a control character; above the lowest such byte it may be wrong.
    const special =
      (((fromQuote - eachByte) & ~fromQuote) |
        ((fromBackslash - eachByte) & ~fromBackslash) |
        ((word - space * eachByte) & ~word)) &
      (0x80 * eachByte);
    if (special === 0) {
      hash = mixed(hash, word);
      seenBits |= word;
      at += 4;
      continue;
    }
    const bits = 24 - (Math.clz32(special & -special) & 0x18);
    if (((word >>> bits) & 0xff) !== quote) return -1;
    const rest = word & ~(-1 << bits);
    seenBits |= rest;
    textHash = mixed(hash, rest);
    return at + (bits >>> 3) + 1;
  }
}

/** What {@link scanLong} found last. */
let longValue = 0;

/** A whole number that a double holds. */
export function scanLong(view: DataView, start: number): number {
  let at = start;
  const isNegative = view.getUint8(at) === minus;
  if (isNegative) at++;
  const first = at;
  let digit = view.getUint8(at) - zero;
  let value = 0;
  // As many as 31 bits hold.
  for (; digit >= 0 && digit <= 9 && at < first + 9; digit = view.getUint8(++at) - zero)
    value = (Math.imul(value, 10) + digit) | 0;
  longValue = value;
  for (; digit >= 0 && digit <= 9; digit = view.getUint8(++at) - zero) longValue = longValue * 10 + digit;
  const digits = at - first;
  // Neither 00 nor -0, which has a text of its own.
  if (digits === 0 || digits > 15 || (view.getUint8(first) === zero && (digits > 1 || isNegative))) return -1;
  if (isNegative) longValue = -longValue;
  return at;
}

function readNull(view: DataView, at: number, column: FlatColumn, event: number): number {
  if (view.getInt32(at, true) !== nullWord) return -1;
  column.setNull(event);
  return at + 4;
}

export function skipValue(view: DataView, at: number): number {
  if (view.getUint8(at) === quote) return scanText(view, at);
  return view.getInt32(at, true) === nullWord ? at + 4 : scanLong(view, at);
}

/** A number's text is its digits. */
export function readText(view: DataView, at: number, column: FlatColumn, event: number): number {
  let end = scanText(view, at);
  let isQuoted = 1;
  if (end < 0) {
    end = scanLong(view, at);
    if (end < 0) return readNull(view, at, column, event);
    isQuoted = 0;
    textHash = hashOf(view, at, end);
  }
  const id = column.texts.idOf(view, at + isQuoted, end - isQuoted, textHash);
  column.words[event] = id;
  return id < 0 ? -1 : end;
}

/** As {@link scanText} makes it. */
function hashOf(view: DataView, start: number, end: number): number {
  let hash = hashStart;
  let at = start;
  for (; at + 4 <= end; at += 4) hash = mixed(hash, view.getInt32(at, true));
  return mixed(hash, view.getInt32(at, true) & ~(-1 << (8 * (end - at))));
}

const twoTo32 = 2 ** 32;

export function readLong(view: DataView, at: number, column: FlatColumn, event: number): number {
  const end = scanLong(view, at);
  if (end < 0) return readNull(view, at, column, event);
  setNumberAt(column.words, event, longValue);
  return end;
}

const minuteText = '2026-01-01T00:00';

/** The date and minute that were read last, as four words, and what they are in milliseconds. */
const minuteWords = new Int32Array(4);
let minuteLow = 0;
let minuteHigh = 0;

/** `"2026-01-01T00:00:00.000Z"`, with milliseconds or without. */
export function readTime(view: DataView, start: number, { words }: FlatColumn, event: number): number {
  if (view.getUint8(start) !== quote) return -1;
  let at = start + 1;
  const isSame =
    view.getInt32(at, true) === minuteWords[0] &&
    view.getInt32(at + 4, true) === minuteWords[1] &&
    view.getInt32(at + 8, true) === minuteWords[2] &&
    view.getInt32(at + 12, true) === minuteWords[3];
  if (!isSame && !readMinute(view, at)) return -1;
  at += minuteText.length;
  if (view.getUint8(at) !== colon) return -1;
  const seconds = twoDigits(view, at + 1);
  if (seconds < 0 || seconds > 59) return -1;
  let low = minuteLow + 1000 * seconds;
  at += 3;
  if (view.getUint8(at) === point) {
    const hundredths = twoDigits(view, at + 1);
    const thousandths = view.getUint8(at + 3) - zero;
    if (hundredths < 0 || thousandths < 0 || thousandths > 9) return -1;
    low += 10 * hundredths + thousandths;
    at += 4;
  }
  if (view.getUint8(at) !== letterZ || view.getUint8(at + 1) !== quote) return -1;
  words[2 * event] = low | 0;
  words[2 * event + 1] = low < twoTo32 ? minuteHigh : minuteHigh + 1;
  return at + 2;
}

/** Negative where they are none. */
function twoDigits(view: DataView, at: number): number {
  const tens = view.getUint8(at) - zero;
  const ones = view.getUint8(at + 1) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1;
}

function readMinute(view: DataView, at: number): boolean {
  const text = Buffer.from(view.buffer, view.byteOffset + at, minuteText.length).toString('latin1');
  if (!/^[12]\d{3}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}:00Z`);
  // The 30th of February is the 2nd of March to some, and 24:00 the next day.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text)) return false;
  minuteHigh = Math.floor(ms / twoTo32);
  minuteLow = ms - minuteHigh * twoTo32;
  for (let word = 0; word < minuteWords.length; word++) minuteWords[word] = view.getInt32(at + 4 * word, true);
  return true;
}
