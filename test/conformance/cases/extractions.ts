import { day, each, groupBy, ofOdd } from '../build.ts';
import type { Cases } from '../define.ts';

const ofNames = {
  upper: { type: 'upper' },
  lower: { type: 'lower' },
  strlen: { type: 'strlen' },
  substring: { type: 'substring', index: 1, length: 3 },
  'substring to the end': { type: 'substring', index: 2 },
  regex: { type: 'regex', expr: '([a-z]+)' },
  'regex: the whole match': { type: 'regex', expr: '[a-z]+', index: 0 },
  'regex: replaced': { type: 'regex', expr: '^file(\\d+)', replaceMissingValue: true, replaceMissingValueWith: 'none' },
  'regex: null when missing': { type: 'regex', expr: '^file(\\d+)', replaceMissingValue: true },
  partial: { type: 'partial', expr: 'a$' },
  'string format': { type: 'stringFormat', format: '<%s>' },
  'string format: null as empty': { type: 'stringFormat', format: '<%s>', nullHandling: 'emptyString' },
  'string format: null stays': { type: 'stringFormat', format: '<%s>', nullHandling: 'returnNull' },
  cascade: { type: 'cascade', extractionFns: [{ type: 'upper' }, { type: 'substring', index: 0, length: 2 }] },
  identity: { type: 'identity' },
  'search query': { type: 'searchQuery', query: { type: 'insensitive_contains', value: 'ALPH' } },
  'search query: letter case': { type: 'searchQuery', query: { type: 'contains', value: 'a', caseSensitive: true } },
};

const ofTimes = {
  'time format': { type: 'timeFormat', format: 'yyyy-MM-dd HH:mm', timeZone: 'Europe/Berlin' },
  'time format: names': { type: 'timeFormat', format: "EEEE, d. MMMM 'at' h a", locale: 'en' },
  'time format: French': { type: 'timeFormat', format: 'EEE d MMM', locale: 'fr' },
  'time format: week': { type: 'timeFormat', format: "xxxx-'W'ww-e D" },
  'time format: by granularity': { type: 'timeFormat', granularity: 'day' },
  'time format: milliseconds': { type: 'timeFormat', granularity: 'day', asMillis: true },
  'time format: zone': { type: 'timeFormat', format: 'HH:mm Z', timeZone: 'America/Los_Angeles', granularity: 'hour' },
};

const ofNumbers = {
  bucket: { type: 'bucket', size: 10, offset: 2 },
  'bucket of one': { type: 'bucket' },
};

const extracted = (dimension: string) => (extractionFn: unknown) =>
  groupBy('odd', ofOdd, { dimensions: [{ type: 'extraction', dimension, outputName: 'x', extractionFn }] });

export const extractionCases: Cases = {
  ...each(ofNames, extracted('name')),
  ...each(ofTimes, extracted('__time')),
  ...each(ofNumbers, extracted('n')),
  'bucket of text': { query: extracted('size')(ofNumbers.bucket) },
  'upper of several': { query: extracted('tags')({ type: 'upper' }) },
  time: {
    query: groupBy('wikipedia', day, {
      dimensions: [
        {
          type: 'extraction',
          dimension: 'comment',
          outputName: 'x',
          extractionFn: {
            type: 'cascade',
            extractionFns: [{ type: 'substring', index: 0, length: 2 }, { type: 'lower' }],
          },
        },
      ],
      having: { type: 'greaterThan', aggregation: 'rows', value: 9 },
    }),
  },
};
