/** The rows that Druid's own tests of queries ask about, as lines of JSON. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Of its tabular file, as org.apache.druid.segment.TestIndex names them; the last one is left out where it has no value. */
const columns = [
  'ts',
  'market',
  'quality',
  'qualityLong',
  'qualityFloat',
  'qualityDouble',
  'qualityNumericString',
  'longNumericNull',
  'floatNumericNull',
  'doubleNumericNull',
  'placement',
  'placementish',
  'index',
  'partial_null_column',
];
const betweenValues = '\u0001';

/** In tabular text what is empty is null. */
function fieldOf(text: string): string | readonly string[] | null {
  if (text === '') return null;
  return text.includes(betweenValues) ? text.split(betweenValues) : text;
}

const text = gunzipSync(readFileSync(new URL('data/numeric.tsv.gz', import.meta.url))).toString();

export const lines = text
  .trimEnd()
  .split('\n')
  .map((line) => Object.fromEntries(line.split('\t').map((field, i) => [columns[i], fieldOf(field)])))
  .map((row) => `${JSON.stringify(row)}\n`)
  .join('');
