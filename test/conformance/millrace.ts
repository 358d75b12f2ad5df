/** A millrace that holds the data sets, asked as Druid is. */
import { MillraceError } from '../../src/errors.ts';
import { loadJson } from '../../src/spec/load.ts';
import { readLookupTiers } from '../../src/spec/lookups/index.ts';
import { type TestBackend, temporaryBackend } from '../support/backend.ts';
import { dataSets } from './data-sets.ts';
import type { Answer, Asked, Query } from './define.ts';
import { lookups } from './lookups.ts';

export async function openMillrace(): Promise<Asked & AsyncDisposable> {
  const millrace = await temporaryBackend();
  for (const { dataSchema, lines } of dataSets) {
    await millrace.define(dataSchema);
    await millrace.push(dataSchema.dataSource, lines.trimEnd());
  }
  await millrace.backend.lookups.submit(readLookupTiers(loadJson(JSON.stringify(lookups))));
  return { ...askedOf(millrace), [Symbol.asyncDispose]: () => millrace[Symbol.asyncDispose]() };
}

export function askedOf(millrace: TestBackend): Asked {
  const answer = async ({ queryType, ...request }: Query): Promise<unknown> => {
    if (queryType !== 'sql') return millrace.query({ queryType, ...request });
    let text = '';
    for await (const piece of (await millrace.backend.sql(request)).chunks) text += piece;
    return JSON.parse(text);
  };
  return {
    ask: async (query): Promise<Answer> => {
      try {
        return { status: 200, body: await answer(query) };
      } catch (error) {
        if (error instanceof MillraceError) return { status: error.status, body: error.message };
        throw error;
      }
    },
  };
}
