/** An event as JSON text, checked for itself: a wrong one must not spoil those that travel with it. */
import { invalidInput } from '../errors.ts';

/** @throws MillraceError `invalidInput`, naming the event by its index among those it came with. */
export function eventText(event: object, index: number): string {
  const text = jsonOf(event, index);
  if (text?.startsWith('{')) return text;
  throw invalidInput(`event ${index}: expected an object, got ${(text ?? String(event)).slice(0, 100)}`);
}

/** Undefined for what JSON has no word for. */
function jsonOf(event: object, index: number): string | undefined {
  try {
    return JSON.stringify(event);
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw invalidInput(`event ${index}: cannot be written as JSON: ${reason}`, { cause: error });
  }
}
