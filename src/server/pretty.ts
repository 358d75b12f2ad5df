/** Compact JSON text → indented JSON text, in pieces, as Druid prints under `?pretty` (Jackson's default printer). */
export async function* indented(pieces: AsyncIterable<string>): AsyncIterable<string> {
  const printer = new Indenter();
  for await (const piece of pieces) yield printer.write(piece);
}

/** Works on text, because numbers beyond JavaScript's must keep every digit. */
class Indenter {
  /** The brackets that are open. */
  readonly #open: string[] = [];
  #indent = '\n';
  #inString = false;
  #escaped = false;
  /** The last character opened an object or array. */
  #opened = false;

  write(piece: string): string {
    let text = '';
    for (const character of piece) text += this.#inString ? this.#inside(character) : this.#outside(character);
    return text;
  }

  #inside(character: string): string {
    if (this.#escaped) this.#escaped = false;
    else if (character === '\\') this.#escaped = true;
    else if (character === '"') this.#inString = false;
    return character;
  }

  #outside(character: string): string {
    const opened = this.#opened;
    this.#opened = false;
    switch (character) {
      case '{':
      case '[':
        return this.#start(opened) + this.#openWith(character);
      case '}':
      case ']':
        this.#close();
        return `${opened ? ' ' : character === '}' ? this.#indent : ' '}${character}`;
      case ',':
        return `,${this.#gap()}`;
      case ':':
        return ' : ';
      case '"':
        this.#inString = true;
        return this.#start(opened) + character;
      default:
        return this.#start(opened) + character;
    }
  }

  /** Only objects indent; arrays go on in the line. */
  #openWith(bracket: string): string {
    this.#open.push(bracket);
    this.#opened = true;
    if (bracket === '{') this.#indent += '  ';
    return bracket;
  }

  #close(): void {
    if (this.#open.pop() === '{') this.#indent = this.#indent.slice(0, -2);
  }

  #start(opened: boolean): string {
    return opened ? this.#gap() : '';
  }

  #gap(): string {
    return this.#open.at(-1) === '{' ? this.#indent : ' ';
  }
}
