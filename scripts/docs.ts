/** Writes docs/reference/*.md from the catalogue: `npm run docs`. A test holds that they are up to date. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { expressionFunctions } from '../src/catalog/expression/functions/index.ts';
import { type AnyEntry, entriesOf } from '../src/catalog/index.ts';
import { documentedFunctions } from '../src/query/sql/functions/documented.ts';
import { sqlFunctionGaps } from '../src/query/sql/functions/gaps.ts';
import {
  type Chapter,
  commandChapter,
  druidPropertiesChapter,
  firehoseChapter,
  lookupChapter,
  mirrorChapter,
  propertiesChapter,
  queryChapter,
  specChapter,
} from './docs-schemas.ts';
import { shapeText } from './shape-text.ts';

const inline = (value: unknown) => `\`${JSON.stringify(value)}\``;
/** The first few of a list. */
const some = (values: readonly unknown[]) => {
  const more = values.length - mostShown;
  return values.slice(0, mostShown).map(inline).join(', ') + (more > 0 ? `, and ${more} more` : '');
};
const mostShown = 6;
const bullets = (lines: readonly string[]) => lines.map((line) => `- ${line}\n`).join('');

/** An entry's examples, which are its tests as well, in words. */
function examplesOf(entry: AnyEntry): string {
  switch (entry.kind) {
    case 'aggregator':
      return bullets(
        entry.examples.map(({ spec, events, result }) => `${inline(spec)} over ${some(events)}: **${inline(result)}**`),
      );
    case 'filter':
      return bullets(
        entry.examples.map(({ spec, matches, rejects }) => {
          const said = [matches.length > 0 && `passes ${some(matches)}`, rejects.length > 0 && `not ${some(rejects)}`];
          return `${inline(spec)} ${said.filter(Boolean).join('; ')}`;
        }),
      );
    case 'postAggregator':
      return bullets(
        entry.examples.map(({ spec, row, result }) => `${inline(spec)} over ${inline(row)}: **${inline(result)}**`),
      );
    case 'extraction':
    case 'granularity':
      return bullets(
        entry.examples.map(
          ({ spec, pairs }) =>
            `${inline(spec)}: ${pairs.map(([from, to]) => `${inline(from)} → ${inline(to)}`).join(', ')}`,
        ),
      );
    case 'dimension':
    case 'virtualColumn':
      return bullets(
        entry.examples.map(({ spec, events, values }) => `${inline(spec)} over ${some(events)}: ${some(values)}`),
      );
  }
}

function section(entry: AnyEntry): string {
  const names = [entry.type, ...(entry.aliases ?? [])].join(', ');
  const link = entry.see ? ` ([Druid's documentation](${entry.see}))` : '';
  const examples = examplesOf(entry);
  return `## ${names}\n\n${entry.summary}${link}\n\n\`${shapeText(entry.schema)}\`\n${examples && `\n${examples}`}`;
}

function chapterOfKind(kind: AnyEntry['kind'], file: string, title: string, intro: string): Chapter {
  return { file, title, intro, body: entriesOf(kind).map(section).join('\n') };
}

function expressionChapter(): Chapter {
  const rows = [...expressionFunctions.values()].map(({ name, args, summary, example }) => {
    const over = example.row ? ` over ${inline(example.row)}` : '';
    const cells = [`\`${name}(${args})\``, summary, `\`${example.expression}\`${over}: **${inline(example.result)}**`];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  });
  return {
    file: 'expressions',
    title: 'Expressions',
    intro:
      "Functions of Druid's [expression language](https://druid.apache.org/docs/latest/querying/math-expr), in transforms, virtual columns, filters, aggregators and post-aggregators.",
    body: `| function | what it gives | example |\n|---|---|---|\n${rows.join('')}`,
  };
}

function sqlFunctionChapter(): Chapter {
  const table = (head: string, rows: readonly (readonly string[])[]) =>
    `| ${head} |\n|---|---|\n${rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`).join('')}`;
  const of = (wanted: boolean) =>
    documentedFunctions()
      .filter(({ isAggregator }) => isAggregator === wanted)
      .map(({ name, takes, summary }) => {
        const forms = takes.length === 0 ? [`\`${name}\``] : takes.map((form) => `\`${name}(${form})\``);
        return [forms.join('<br>'), summary];
      });
  const gaps = [...sqlFunctionGaps].map(([name, why]) => [`\`${name}\``, why]);
  return {
    file: 'sql-functions',
    title: 'SQL functions',
    intro:
      "What [Druid's SQL](https://druid.apache.org/docs/latest/querying/sql-functions) calls by name, and what of it is missing.",
    body: `## Of a row\n\n${table('function | what it gives', of(false))}\n## Of several rows\n\nAggregates, each with \`FILTER\` and \`OVER\`, and window functions.\n\n${table('function | what it gives', of(true))}\n## Missing\n\nAnswered with status 501 and the name.\n\n${table('function | what it is about', gaps)}`,
  };
}

/** Path below docs/reference → text. */
export async function referenceFiles(): Promise<ReadonlyMap<string, string>> {
  const chapters = [
    queryChapter(),
    specChapter(),
    firehoseChapter(),
    lookupChapter(),
    propertiesChapter(),
    druidPropertiesChapter(),
    commandChapter(),
    await mirrorChapter(),
    chapterOfKind('aggregator', 'aggregators', 'Aggregators', 'In `metricsSpec` and in queries.'),
    chapterOfKind(
      'filter',
      'filters',
      'Filters',
      "In queries, in a `transformSpec`'s filter, in filtered aggregators and in having specs.",
    ),
    chapterOfKind('postAggregator', 'post-aggregators', 'Post-aggregators', 'Figures computed from aggregated ones.'),
    chapterOfKind(
      'dimension',
      'dimensions',
      'Dimension specs',
      'What topN and groupBy group by. A bare string is a default dimension.',
    ),
    chapterOfKind(
      'virtualColumn',
      'virtual-columns',
      'Virtual columns',
      "A query's `virtualColumns`: columns computed from others, virtual ones among them.",
    ),
    chapterOfKind(
      'extraction',
      'extractions',
      'Extraction functions',
      'Change a value before it is grouped or filtered.',
    ),
    chapterOfKind(
      'granularity',
      'granularities',
      'Granularities',
      'How time falls into buckets. In the examples a time → the start of its bucket.',
    ),
    expressionChapter(),
    sqlFunctionChapter(),
  ];
  const note = '<!-- Generated by `npm run docs`. Do not edit. -->\n';
  const index = bullets(chapters.map(({ file, title, intro }) => `[${title}](${file}.md). ${intro}`));
  const intro =
    'What queries, specs and command lines can say. Every example is run by the tests. What may be left out (`?`) may also be null.';
  return new Map([
    ['README.md', `${note}\n# Reference\n\n${intro}\n\n${index}`],
    ...chapters.map(
      ({ file, title, intro, body }) => [`${file}.md`, `${note}\n# ${title}\n\n${intro}\n\n${body}`] as const,
    ),
  ]);
}

if (import.meta.main) {
  const folder = new URL('../docs/reference/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of await referenceFiles()) writeFileSync(new URL(file, folder), text);
}
