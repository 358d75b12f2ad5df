/**
 * The lines at the start of a text body that are no events: some to be skipped, and one that names the columns.
 * https://druid.apache.org/docs/latest/ingestion/data-formats#csv (skipHeaderRows, findColumnsFromHeader)
 */
import { lineFeed } from '../ascii.ts';
import { invalidInput } from '../errors.ts';
import type { DataSource } from '../spec/data-source.ts';

export interface TextPart {
  readonly dataSource: DataSource;
  readonly lines: Uint8Array;
  /** Lines that are not blank. */
  readonly events: number;
}

/** A longer line names no columns. */
const maxHeaderBytes = 1024 * 1024;

/**
 * The body without its header, and the dataSource with the columns that the header names. A skipped line may be blank;
 * blank lines before the names do not count. Throws `invalidInput` where a name is there twice.
 */
export function withoutHeader(part: TextPart): TextPart {
  const { dataSource } = part;
  const { input } = dataSource;
  if (input.type !== 'delimited' || input.header === undefined) return part;
  const body = new Lines(part);
  for (let skipped = 0; skipped < input.header.skipRows && !body.atEnd; skipped++) body.skip();
  if (!input.header.namesColumns) return { dataSource, ...body.rest() };
  while (!body.atEnd && isBlank(body.peek())) body.skip();
  if (body.atEnd) return { dataSource, ...body.rest() };
  const columns = namesOf(body.peek(), input.delimiter, input.quote);
  body.skip();
  return { dataSource: { ...dataSource, input: { ...input, columns } }, ...body.rest() };
}

/** A body that is read from its start. */
class Lines {
  #lines: Uint8Array;
  #events: number;

  constructor({ lines, events }: TextPart) {
    this.#lines = lines;
    this.#events = events;
  }

  get atEnd(): boolean {
    return this.#lines.byteLength === 0;
  }

  /** The line that comes next, up to a length. */
  peek(): string {
    const bytes = this.#lines.subarray(0, Math.min(this.#end(), maxHeaderBytes + 1));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').replace(/\r$/, '');
  }

  skip(): void {
    if (!isBlank(this.peek())) this.#events--;
    this.#lines = this.#lines.subarray(this.#end() + 1);
  }

  rest(): { readonly lines: Uint8Array; readonly events: number } {
    return { lines: this.#lines, events: this.#events };
  }

  #end(): number {
    const end = this.#lines.indexOf(lineFeed);
    return end < 0 ? this.#lines.byteLength : end;
  }
}

const isBlank = (line: string): boolean => /^[ \t\r]*$/.test(line);

function namesOf(line: string, delimiter: string, quote: string | undefined): readonly string[] {
  if (line.length > maxHeaderBytes) throw invalidInput(`the header is longer than ${maxHeaderBytes} bytes`);
  const names = quote === undefined ? line.split(delimiter) : splitQuoted(line, delimiter, quote);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw invalidInput(`the header names the column '${name}' twice; give one another name`);
    seen.add(name);
  }
  return names;
}

/** Values between delimiters, some of them in quotes, with a doubled quote for one. */
function splitQuoted(line: string, delimiter: string, quote: string): string[] {
  const values: string[] = [];
  for (let start = 0, end = -1; end < line.length; start = end + delimiter.length) {
    const isQuoted = line.startsWith(quote, start);
    const close = isQuoted ? closingQuote(line, start, quote) : start;
    const next = line.indexOf(delimiter, close);
    end = next < 0 ? line.length : next;
    const value = line.slice(start, end);
    if (isQuoted && close !== end - 1) throw invalidInput(`the header holds a quote that is not closed, in ${value}`);
    values.push(isQuoted ? value.slice(1, -1).replaceAll(quote + quote, quote) : value);
  }
  return values;
}

/** Where the quote that opens at `start` is closed; the line's end when it is not. */
function closingQuote(line: string, start: number, quote: string): number {
  for (let at = line.indexOf(quote, start + 1); at >= 0; at = line.indexOf(quote, at + 2)) {
    if (!line.startsWith(quote, at + 1)) return at;
  }
  return line.length;
}
