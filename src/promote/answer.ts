/** A query's whole answer, parsed. */
export async function answerOf(answer: Promise<{ readonly chunks: AsyncIterable<string> }>): Promise<unknown> {
  let text = '';
  for await (const piece of (await answer).chunks) text += piece;
  return JSON.parse(text);
}
