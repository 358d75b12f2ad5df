/** Times as answers print them. */
import { formatInstant, maxDateMs } from '../catalog/time.ts';
import { offsetMillis } from '../catalog/zone.ts';

const hourMs = 3_600_000;

const digits = (count: number, width: number) =>
  Array.from({ length: count }, (_, n) => String(n).padStart(width, '0'));
const twoDigits = digits(60, 2);
const threeDigits = digits(1000, 3);

/** Milliseconds → `"2018-03-06T09:57:58.000Z"`. Neighbouring rows often share their hour, so what the last one's text has around its minutes is remembered. */
export function instantEncoder(timeZone: string): (value: unknown) => string {
  const offsetAt = offsetsOf(timeZone);
  let last: { readonly startMs: number; readonly offset: number } | undefined;
  let [before, after] = ['', ''];
  return (value) => {
    if (value === null) return 'null';
    const ms = Number(value);
    const offset = offsetAt(ms);
    // The ends of all time.
    if (!Number.isSafeInteger(ms)) return `"${formatInstant(ms, offset)}"`;
    const startMs = Math.floor((ms + offset) / hourMs) * hourMs - offset;
    if (startMs !== last?.startMs || offset !== last.offset) {
      const text = formatInstant(startMs, offset);
      const colon = text.indexOf(':') + 1;
      [before, after] = [`"${text.slice(0, colon)}`, `${text.slice(colon + '00:00.000'.length)}"`];
      last = { startMs, offset };
    }
    return before + minutesText(ms - startMs) + after;
  };
}

/** Milliseconds of an hour → `57:58.000`. */
function minutesText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${twoDigits[Math.floor(seconds / 60)]}:${twoDigits[seconds % 60]}.${threeDigits[ms % 1000]}`;
}

/** Offsets of a zone, which take long to find; nearly all hours begin and end with the same one. */
function offsetsOf(timeZone: string): (ms: number) => number {
  if (timeZone === 'UTC') return () => 0;
  const offsetAt = (ms: number) => offsetMillis(timeZone, Math.max(-maxDateMs, Math.min(maxDateMs, ms)));
  let hour: number | undefined;
  let [first, next] = [0, 0];
  return (ms) => {
    const current = Math.floor(ms / hourMs);
    if (current !== hour) {
      [first, next] = [offsetAt(current * hourMs), offsetAt((current + 1) * hourMs)];
      hour = current;
    }
    return first === next ? first : offsetAt(ms);
  };
}
