/** The lookups that a real Druid and millrace have: as they are posted to a coordinator. */
const map = (entries: Readonly<Record<string, string | null>>) => ({
  version: 'v2',
  lookupExtractorFactory: { type: 'map', map: entries },
});

export const lookups = {
  __default: {
    languages: map({
      '#en.wikipedia': 'English',
      '#de.wikipedia': 'German',
      '#fr.wikipedia': 'French',
      '#ru.wikipedia': 'Russian',
      '#simple.wikipedia': 'English',
      '#ca.wikipedia': null,
      '#es.wikipedia': '',
    }),
    // No value is null: Druid's joins pass over such entries.
    words: map({
      '': 'nothing',
      '7': 'seven',
      a: 'A',
      ab: 'first',
      abc: '',
      b: 'A',
      one: 'first',
      p: 'P',
      q: 'nothing',
      two: 'zz',
      x1: '10',
    }),
    letters: map({ x: 'ex', y: 'why', '': 'nothing', '1': 'one', z: null }),
  },
};
