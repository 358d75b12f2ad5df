/**
 * A password as Druid's properties have it: as it is, or a password provider's JSON.
 * https://druid.apache.org/docs/latest/operations/password-provider
 */
import { z } from 'zod';

const provider = z.discriminatedUnion('type', [
  z.object({ type: z.literal('default'), password: z.string() }),
  z.object({ type: z.literal('environment'), variable: z.string() }),
]);

export const passwordText = z.string().transform((value, context): string => {
  const given = provider.safeParse(jsonOf(value)).data;
  if (given === undefined) return value;
  if (given.type === 'default') return given.password;
  const password = process.env[given.variable];
  if (password !== undefined) return password;
  const message = `expected the environment variable ${given.variable}, which is not set`;
  context.issues.push({ code: 'custom', input: undefined, message });
  return z.NEVER;
});

/** Most passwords are none. */
function jsonOf(text: string): unknown {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
