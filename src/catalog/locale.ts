/** Java's names of locales. */
import { z } from 'zod';

/** `fr`, `en_US`, `fr-CA`; English without one. */
export const localeSchema = z
  .string()
  .nullish()
  .transform((name, context) => {
    const tag = (name ?? 'en').replaceAll('_', '-');
    try {
      return Intl.getCanonicalLocales(tag)[0] as string;
    } catch {
      context.issues.push({
        code: 'custom',
        message: `'${name}' is no locale; expected one such as fr or en-US`,
        input: name,
      });
      return z.NEVER;
    }
  });
