/** A query's answer as a whole. */
import { MillraceError } from './errors.ts';

/**
 * Joined and parsed; an answer's chunks come in UTF-16, cut anywhere.
 * Rejects as the chunks do, and with MillraceError `runtimeFailure` for an answer that ends before its JSON does.
 */
export async function parsedAnswer(chunks: AsyncIterable<string>): Promise<unknown> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MillraceError(
      'runtimeFailure',
      `the answer broke off after ${text.length} characters: its query failed on the way, or what computed it ended; ask again`,
      { cause },
    );
  }
}
