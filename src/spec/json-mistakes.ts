/** What is wrong with a text that is not JSON, in the words of the one who has to mend it. Reads on after a mistake. */

export interface JsonMistake {
  readonly offset: number;
  readonly message: string;
}

/** After so many the rest is noise. */
const maxMistakes = 5;

/** The first mistakes, in the order of the text. The text must not nest deeper than the stack allows. */
export function jsonMistakes(text: string): readonly JsonMistake[] {
  return new MistakeFinder(text).find();
}

/** A `word` is whatever else stands between white space and punctuation: a bare name, `True`, `'text'`, `01`. */
type Kind = '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'literal' | 'word' | 'end';

interface Token {
  readonly kind: Kind;
  readonly text: string;
  readonly offset: number;
}

const tokenPattern =
  /[ \t\r\n]*(?:(?<mark>[{}[\],:])|(?<string>"(?:[^"\\\n]|\\.)*"?)|(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<word>'[^'\n]*'|[^ \t\r\n{}[\],:"]+))/uy;
const literalPattern = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

class MistakeFinder {
  readonly #text: string;
  readonly #mistakes: JsonMistake[] = [];
  #token: Token = { kind: 'end', text: '', offset: 0 };
  #scanned = 0;
  /** Where the token before this one ends. */
  #end = 0;

  constructor(text: string) {
    this.#text = text;
  }

  find(): readonly JsonMistake[] {
    this.#next();
    this.#value();
    if (!this.#is('end')) this.#complain(`expected the end, got ${this.#shown()}`);
    return this.#mistakes;
  }

  #is(kind: Kind): boolean {
    return this.#token.kind === kind;
  }

  #complain(message: string, offset = this.#token.offset): void {
    if (this.#mistakes.length < maxMistakes) this.#mistakes.push({ offset, message });
  }

  #shown(): string {
    return this.#is('end') ? 'the end of the text' : `\`${this.#token.text.slice(0, 40)}\``;
  }

  #next(): void {
    this.#end = this.#token.offset + this.#token.text.length;
    tokenPattern.lastIndex = this.#scanned;
    const groups = tokenPattern.exec(this.#text)?.groups;
    if (!groups) {
      this.#token = { kind: 'end', text: '', offset: this.#text.length };
      return;
    }
    this.#scanned = tokenPattern.lastIndex;
    const text = (groups.mark ?? groups.string ?? groups.comment ?? groups.word) as string;
    const offset = this.#scanned - text.length;
    if (groups.comment !== undefined) {
      this.#complain('JSON has no comments', offset);
      this.#next();
      return;
    }
    this.#token = { kind: kindOf(groups, text), text, offset };
    if (groups.string !== undefined) this.#checkString(text, offset);
  }

  #checkString(text: string, offset: number): void {
    if (text.length < 2 || !text.endsWith('"')) this.#complain('the text in quotes does not end in its line');
    for (const { 0: part, index } of text.matchAll(/\\(?:u[0-9A-Fa-f]{4}|["\\/bfnrt])|\\.|\p{Cc}/gsu)) {
      if (part.length > 2 || /^\\["\\/bfnrt]$/.test(part) || part > '\u007e') continue;
      const message = part.startsWith('\\')
        ? `unknown escape ${part}; a backslash is written \\\\`
        : 'a control character in text is written as an escape such as \\t';
      this.#complain(message, offset + index);
    }
  }

  #value(): void {
    if (this.#is('{')) this.#list('}', () => this.#property());
    else if (this.#is('[')) this.#list(']', () => this.#value());
    else if (this.#is('string') || this.#is('literal')) this.#next();
    else if (this.#is('word')) {
      this.#complain(`expected a value, got ${this.#shown()}; ${correction(this.#token.text)}`);
      this.#next();
    } else this.#complain(`expected a value, got ${this.#shown()}`);
  }

  #property(): void {
    const bare = this.#is('word') || this.#is('literal');
    if (!bare && !this.#is('string')) {
      this.#complain(`expected a property name in double quotes, got ${this.#shown()}`);
      return;
    }
    if (bare) {
      const name = this.#token.text.replaceAll(/^'|'$/g, '');
      this.#complain(`expected a property name in double quotes, got ${this.#shown()}; write "${name}"`);
    }
    this.#next();
    if (this.#is(':')) this.#next();
    else this.#complain(`expected ':' after the property name, got ${this.#shown()}`);
    this.#value();
  }

  #list(closer: '}' | ']', element: () => void): void {
    this.#next();
    while (!this.#is(closer)) {
      const { offset } = this.#token;
      element();
      if (this.#is(',')) {
        const comma = this.#token.offset;
        this.#next();
        if (this.#is(closer)) this.#complain(`a comma before '${closer}' is one too many`, comma);
      } else if (this.#is('end') || this.#is('}') || this.#is(']')) {
        if (this.#is(closer)) break;
        this.#complain(`expected ',' or '${closer}', got ${this.#shown()}`);
        return;
      } else if (this.#token.offset === offset) this.#next();
      // Between two elements the comma is missed where it belongs, not where the next one begins.
      else this.#complain(`expected ',' or '${closer}' here, before ${this.#shown()}`, this.#end);
    }
    this.#next();
  }
}

function kindOf(groups: Readonly<Record<string, string | undefined>>, text: string): Kind {
  if (groups.mark !== undefined) return text as Kind;
  if (groups.string !== undefined) return 'string';
  return literalPattern.test(text) ? 'literal' : 'word';
}

function correction(word: string): string {
  const lower = word.toLowerCase();
  if (lower === 'true' || lower === 'false' || lower === 'null') return `write ${lower}`;
  if (lower === 'none' || lower === 'nil' || lower === 'undefined') return 'write null';
  return /^[-+.\d]/.test(word) ? 'a number is written as 12, -0.5 or 1e6' : 'text stands in double quotes';
}
