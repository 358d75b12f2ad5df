/** A submission → bodies for one dataSource each. */
import type { Submission } from '../backend.ts';
import { invalidInput } from '../errors.ts';
import type { DataSource } from '../spec/data-source.ts';
import { withoutRecords } from '../spec/kafka-format.ts';
import { withoutHeader } from './header.ts';
import type { NamedLines } from './split.ts';
import type { Part } from './work.ts';

export interface PartsOptions {
  /** Rejects for a dataSource that takes nothing. */
  definitionFor(name: string, format: Submission['format'], lines: Uint8Array): Promise<DataSource>;
  /** Of events that name their dataSource themselves. */
  split(lines: Uint8Array): Promise<readonly NamedLines[]>;
}

/** Empty where there are no events: nothing in an unknown dataSource is no mistake, as in the original. */
export async function partsOf(
  { dataSource, format, lines, events }: Submission,
  { definitionFor, split }: PartsOptions,
): Promise<Part[]> {
  if (events === 0) return [];
  if (dataSource !== undefined) {
    const definition = await definitionFor(dataSource, format, lines);
    const part = { dataSource: format === 'text' ? withoutRecords(definition) : definition, lines, events };
    const named = format === 'text' ? withoutHeader(part) : part;
    return named.events === 0 ? [] : [{ ...named, format }];
  }
  if (format === 'text') throw invalidInput('Must include dataSource in URL for contentType[text/plain]');
  const named = await split(lines);
  return Promise.all(
    named.map(async (part) => ({
      ...part,
      format,
      dataSource: await definitionFor(part.dataSource, format, part.lines),
    })),
  );
}
