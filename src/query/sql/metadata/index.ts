/** The tables that tell about the others, by schema. https://druid.apache.org/docs/latest/querying/sql-metadata-tables */
import type { SystemTable } from './define.ts';
import { informationSchema } from './information-schema.ts';
import { sys } from './sys.ts';

const schemas = { INFORMATION_SCHEMA: informationSchema, sys };

export const systemTableNames = (schema: keyof typeof schemas): string[] => [...schemas[schema].keys()];

/** Undefined where there is none. */
export function systemTable(schema: string, name: string): SystemTable | undefined {
  return new Map(Object.entries(schemas)).get(schema)?.get(name);
}
