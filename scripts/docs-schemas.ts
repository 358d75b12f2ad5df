/** The chapters of the reference that come from schemas: query types, specs, Tranquility's properties, command lines. */
import type { Command } from 'commander';
import type { z } from 'zod';
import { createProgram } from '../src/cli/program.ts';
import { MirrorMetrics } from '../src/mirror/metrics.ts';
import { onlyClasses, readProperties, uselessProperties } from '../src/mirror/settings/mirror-maker-2-properties.ts';
import { dataSourceTypes } from '../src/query/data-sources/index.ts';
import { contextFields } from '../src/query/native/common.ts';
import { queryTypes } from '../src/query/native.ts';
import { firehoseSchema, firehoseTypes } from '../src/sources/firehoses/index.ts';
import { oldForm, todaysForm } from '../src/spec/data-schema-json.ts';
import { druidPropertiesSchema } from '../src/spec/druid-properties.ts';
import { inputFormats } from '../src/spec/input-format.ts';
import { namespaceFields } from '../src/spec/lookups/cached-namespace.ts';
import { lookupTypes } from '../src/spec/lookups/index.ts';
import { parseSpecFields } from '../src/spec/lookups/parse-spec.ts';
import { effectiveProperties, propertiesOfDruid, propertiesSchema } from '../src/spec/tranquility-properties.ts';
import { windowSchema } from '../src/spec/window.ts';
import { fieldsOf, shapeBlock } from './shape-text.ts';

export interface Chapter {
  readonly file: string;
  readonly title: string;
  readonly intro: string;
  readonly body: string;
}

const block = (schema: z.ZodType) => `\`\`\`ts\n${shapeBlock(schema)}\n\`\`\`\n`;
const section = (title: string, text: string, schema: z.ZodType) => `## ${title}\n\n${text}\n\n${block(schema)}`;
const cell = (text: string) => text.replaceAll('|', '\\|');
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |\n`).join('');

export function queryChapter(): Chapter {
  const types = queryTypes.map(({ type, summary, see, schema }) =>
    section(type, `${summary} ([Druid's documentation](${see}))`, schema),
  );
  const dataSources = dataSourceTypes.map(({ type, summary, see, schema }) =>
    section(`dataSource ${type}`, `${summary} ([Druid's documentation](${see}))`, schema),
  );
  const context = section(
    'context',
    "Other members are ignored. ([Druid's documentation](https://druid.apache.org/docs/latest/querying/query-context-reference))",
    contextFields,
  );
  return {
    file: 'query-types',
    title: 'Query types',
    intro: 'Native queries, for `POST /druid/v2`, and what they read.',
    body: [...types, ...dataSources, context].join('\n'),
  };
}

export function specChapter(): Chapter {
  const formats = [...new Set(Object.values(inputFormats))].map((schema) => {
    const types = Object.keys(inputFormats).filter((type) => inputFormats[type] === schema);
    return section(`inputFormat ${types.join(', ')}`, 'In the old form these fields stand in the parseSpec.', schema);
  });
  return {
    file: 'specs',
    title: 'Specs',
    intro: "What a spec's parts hold.",
    body: [
      section(
        'dataSchema',
        "Today's form. ([Druid's documentation](https://druid.apache.org/docs/latest/ingestion/ingestion-spec#dataschema))",
        todaysForm,
      ),
      section('dataSchema, the old form', 'With a parser instead of timestampSpec and dimensionsSpec.', oldForm),
      ...formats,
      section('tuningConfig', 'Of realtime specs and of Tranquility. Other members are ignored.', windowSchema),
    ].join('\n'),
  };
}

export function firehoseChapter(): Chapter {
  return {
    file: 'firehoses',
    title: 'Firehoses',
    intro: "Where a realtime node's events come from: `ioConfig.firehose`, or `firehose` in the older layout.",
    body: firehoseTypes.map(({ type, summary, schema }) => section(type, summary, schema(firehoseSchema))).join('\n'),
  };
}

export function lookupChapter(): Chapter {
  const types = lookupTypes.map(({ type, summary, see, schema }) =>
    section(type, `${summary} ([Druid's documentation](${see}))`, schema),
  );
  const parts = (name: string, schemas: Readonly<Record<string, z.ZodType>>) =>
    Object.entries(schemas).map(([type, schema]) => `## ${name} ${type}\n\n${block(schema)}`);
  return {
    file: 'lookups',
    title: 'Lookups',
    intro: 'What is registered: the `lookupExtractorFactory`.',
    body: [
      ...types,
      ...parts('extractionNamespace', namespaceFields),
      ...parts('namespaceParseSpec', parseSpecFields),
    ].join('\n'),
  };
}

export function propertiesChapter(): Chapter {
  const rows = fieldsOf(propertiesSchema).map(({ name, shape, byDefault }) => ({
    name,
    cells: [`\`${name}\``, shape, byDefault === undefined ? '' : `\`${JSON.stringify(byDefault)}\``],
  }));
  const head = ['property', 'value', 'default'];
  const effect = (name: string) =>
    effectiveProperties.includes(name) ? 'always' : propertiesOfDruid.includes(name) ? 'druid' : 'none';
  const cellsOf = (wanted: ReturnType<typeof effect>) =>
    rows.filter(({ name }) => effect(name) === wanted).map(({ cells }) => cells);
  return {
    file: 'tranquility-properties',
    title: "Tranquility's properties",
    intro: "Of Tranquility's file as a whole, or of one dataSource, which takes precedence.",
    body: `${table(head, cellsOf('always'))}
## With a Druid cluster

Where it is, for \`--druid from-file\`, and how to log in to it: [finding a cluster, and logging in](../guides/cluster-security.md).

${table(head, cellsOf('druid'))}
## Read, without effect

They steer Druid's tasks and Kafka's consumers. A wrong value is a mistake here, too.

${table(head, cellsOf('none'))}`,
  };
}

export function druidPropertiesChapter(): Chapter {
  const { shape } = druidPropertiesSchema;
  const rows = fieldsOf(druidPropertiesSchema).map(({ name, byDefault }) => [
    `\`${name}\``,
    shape[name as keyof typeof shape].description ?? '',
    byDefault === undefined || byDefault === '' ? '' : `\`${String(byDefault)}\``,
  ]);
  return {
    file: 'druid-properties',
    title: "Druid's properties",
    intro:
      "How a Druid cluster is found and logged in to: what `--druid-config` takes, under Druid's own names. Others are passed over.",
    body: `${table(['property', 'says', 'default'], rows)}
Values may refer to others, as [in Druid](https://druid.apache.org/docs/latest/configuration/#configuration-interpolation): \`\${env:NAME}\`,
\`\${env:NAME:-default}\`, \`\${file:UTF-8:/path}\`. Passwords may be given by a
[password provider](https://druid.apache.org/docs/latest/operations/password-provider) of type \`default\` or \`environment\`.
`,
  };
}

export async function mirrorChapter(): Promise<Chapter> {
  const read = Object.entries(readProperties).map(([name, { meaning, byDefault }]) => [
    `\`${name}\``,
    meaning,
    byDefault && `\`${byDefault}\``,
  ]);
  const useless = uselessProperties.map(({ names, why }) => [names.map((name) => `\`${name}\``).join(' '), why]);
  const refused = Object.entries(onlyClasses).map(([name, only]) => `\`${name}\`${only && ` other than \`${only}\``}`);
  const { text } = await new MirrorMetrics().exposition();
  const metrics = [...text.matchAll(/^# HELP (millrace_\S+) (.+)$/gm)].map(([, name, help]) => [
    `\`${name}\``,
    help ?? '',
  ]);
  return {
    file: 'mirror',
    title: 'The mirror',
    intro: "What `millrace mirror` reads in MirrorMaker 2's file, and what it measures.",
    body: `## Properties

Those of a flow stand behind \`A->B.\`, or without for all flows. Those of connections, of [Kafka's clients](https://kafka.apache.org/documentation/#consumerconfigs), stand
behind \`A.\`, \`A.consumer.\`, \`B.producer.\` and \`A->B.consumer.\`; security also without a cluster, for all of them. What comes later in this list takes precedence.

${table(['property', 'says', 'default'], read)}
## Without effect

Each is named at the start, with its line; so is what nobody knows.

${table(['property', 'why'], useless)}
Refused, as they are code of Java that would change what arrives: ${refused.join(', ')}.

## Metrics

At \`/metrics\` of \`--port\`.

${table(['metric', 'says'], metrics)}`,
  };
}

export function commandChapter(): Chapter {
  return {
    file: 'command-line',
    title: 'Command line',
    intro: 'The options of `millrace` and its commands.',
    body: createProgram(() => {})
      .commands.flatMap((command) => [command, ...command.commands])
      .map(commandSection)
      .join('\n'),
  };
}

/** With the commands that it is one of. */
const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

function commandSection(command: Command): string {
  const help = command.createHelp();
  const options = help.visibleOptions(command).map((option) => [`\`${option.flags}\``, help.optionDescription(option)]);
  const args = help.visibleArguments(command).map((argument) => [`\`${argument.name()}\``, argument.description]);
  const usage = help.commandUsage(command);
  return `## ${nameOf(command)}\n\n${command.description()}\n\n\`${usage}\`\n\n${table(['', ''], [...args, ...options])}`;
}
