/** The registered lookups of the catalogue's examples. */
import { exampleLookups } from '../../src/catalog/examples.ts';
import type { LookupScope } from '../../src/catalog/index.ts';
import { entriesSql } from '../../src/catalog/lookup.ts';

export const lookups: LookupScope = {
  lookup: (name) => {
    const entries = exampleLookups[name];
    return entries && entriesSql(entries);
  },
};
