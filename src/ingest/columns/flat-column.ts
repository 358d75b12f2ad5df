/** One field of many events, as it was read. Its memory is used again for the next ones. */
import { Texts } from './texts.ts';

/** `text`: a string, or a whole number's digits. `long`: a whole number. `time`: milliseconds since 1970. Any may be null. */
export type FieldKind = 'text' | 'long' | 'time';

export interface FlatField {
  readonly name: string;
  readonly kind: FieldKind;
}

const twoTo32 = 2 ** 32;

/** The number at a place of words that hold two each. */
export const numberAt = (words: Int32Array, place: number): number =>
  (words[2 * place + 1] as number) * twoTo32 + ((words[2 * place] as number) >>> 0);

export function setNumberAt(words: Int32Array, place: number, value: number): void {
  words[2 * place] = value | 0;
  words[2 * place + 1] = Math.floor(value / twoTo32);
}

const wordsEach = ({ kind }: FlatField): number => (kind === 'text' ? 1 : 2);

/** Of memory that an event takes in its columns. */
export const bytesEach = (fields: readonly FlatField[]): number =>
  fields.reduce((sum, field) => sum + 4 * wordsEach(field) + 1, 0);

export class FlatColumn {
  readonly name: string;
  readonly kind: FieldKind;
  readonly texts = new Texts();
  /** Of a text its id; of a number two words each, the lower first. A place for each event. */
  words = new Int32Array(0);
  /** 1 for an event without a value. */
  nulls = new Uint8Array(0);
  nullCount = 0;

  constructor({ name, kind }: FlatField) {
    this.name = name;
    this.kind = kind;
  }

  /** Makes room for so many events, and forgets those of before. */
  begin(events: number): void {
    const words = events * wordsEach(this);
    if (this.words.length < words) this.words = new Int32Array(words);
    if (this.nulls.length < events) this.nulls = new Uint8Array(events);
    else if (this.nullCount > 0) this.nulls.fill(0);
    this.nullCount = 0;
    this.texts.clear();
  }

  /** An event may be begun twice. */
  setNull(event: number): void {
    if (this.nulls[event] === 1) return;
    this.nulls[event] = 1;
    this.nullCount++;
  }

  /** The words of those events, without the nulls'. */
  valueWords(events: number): Int32Array {
    const each = wordsEach(this);
    if (this.nullCount === 0) return this.words.subarray(0, events * each);
    let out = 0;
    for (let event = 0; event < events; event++) {
      if (this.nulls[event] === 1) continue;
      for (let word = 0; word < each; word++) this.words[out++] = this.words[event * each + word] as number;
    }
    return this.words.subarray(0, out);
  }
}
