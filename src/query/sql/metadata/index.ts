/** The tables that tell about the others, by schema. https://druid.apache.org/docs/latest/querying/sql-metadata-tables */
import type { SystemTable } from './define.ts';
import { informationSchema } from './information-schema.ts';
import { sys } from './sys.ts';

/** Undefined where there is none. */
export function systemTable(schema: string, name: string): SystemTable | undefined {
  return { INFORMATION_SCHEMA: informationSchema, sys }[schema]?.get(name);
}
