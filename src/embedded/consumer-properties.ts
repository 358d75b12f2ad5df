/** Mistakes in Kafka's properties show when it is opened; here they are told with their place. */
import { MillraceError, type Place } from '../errors.ts';

/** @param placeOf where a property stands, or all of them where it is not known which one is meant. */
export async function atPlace<T>(
  properties: Readonly<Record<string, unknown>>,
  placeOf: (property: string | undefined) => Place,
  open: () => T | Promise<T>,
): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof MillraceError) || error.place) throw error;
    const { code, message, cause, context } = error;
    // A message begins with the property that it is about.
    const property = Object.keys(properties).find((name) => message.startsWith(`'${name}'`));
    throw new MillraceError(code, message, { place: placeOf(property), cause, context });
  }
}
