/** A millrace that holds the data sets, asked as Druid is. */
import { MillraceError } from '../../src/errors.ts';
import { loadJson } from '../../src/spec/load.ts';
import { readLookupTiers } from '../../src/spec/lookups/index.ts';
import { type TestBackend, temporaryBackend } from '../support/backend.ts';
import { type DataSet, dataSets } from './data-sets.ts';
import type { Answer, Asked, Query } from './define.ts';
import { lookups } from './lookups.ts';

const hourMs = 3_600_000;

export async function openMillrace(): Promise<Asked & AsyncDisposable> {
  const millrace = await temporaryBackend();
  for (const dataSet of dataSets) {
    const { dataSource } = dataSet.dataSchema;
    const [closed, live] = parts(dataSet);
    await millrace.define(dataSet.dataSchema);
    await millrace.push(dataSource, closed);
    await millrace.backend.handOff(dataSource);
    if (live !== '') await millrace.push(dataSource, live);
  }
  await millrace.backend.lookups.submit(readLookupTiers(loadJson(JSON.stringify(lookups))));
  return { ...askedOf(millrace), [Symbol.asyncDispose]: () => millrace[Symbol.asyncDispose]() };
}

/**
 * What is handed off, and what is live beside it: of a day every other hour, and of days at midnight every other one, so that
 * segments hold both, and no row rolls up with one of the other part.
 */
function parts({ lines, dataSchema: { timestampSpec }, isHandedOff }: DataSet): readonly [string, string] {
  const all = lines.trimEnd();
  if (isHandedOff) return [all, ''];
  const isLive = (line: string) => {
    const hour = Date.parse(JSON.parse(line)[timestampSpec.column]) / hourMs;
    return (Math.floor(hour) + Math.floor(hour / 24)) % 2 === 1;
  };
  const { closed = [], live = [] } = Object.groupBy(all.split('\n'), (line) => (isLive(line) ? 'live' : 'closed'));
  return [closed.join('\n'), live.join('\n')];
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
