/** The shape that a schema takes: `{type: "like", dimension: string, escape?: string}`. What may be left out may also be null. */
import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.BaseSchema;
type Schema = JsonSchema | boolean;

/** In one line. */
export function shapeText(schema: z.ZodType): string {
  return textOf(jsonSchemaOf(schema));
}

const widest = 100;

/** Over several lines, a field a line, wherever one would be too long. */
export function shapeBlock(schema: z.ZodType): string {
  return broken(jsonSchemaOf(schema), '');
}

/** The fields of an object schema, each with its shape and its default. */
export function fieldsOf(schema: z.ZodType): readonly { name: string; shape: string; byDefault: unknown }[] {
  // A default that is read like an input is known there, one that stands for the value read here.
  const read = jsonSchemaOf(schema, 'output').properties ?? {};
  return Object.entries(jsonSchemaOf(schema).properties ?? {}).map(([name, field]) => ({
    name,
    shape: textOf(field),
    byDefault: defaultOf(field) ?? defaultOf(read[name]),
  }));
}

const defaultOf = (schema: Schema | undefined) => (typeof schema === 'object' ? schema.default : undefined);

function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
}

/** One that has a title is shown by it, as it is described elsewhere. */
function textOf(schema: Schema): string {
  const alternatives = alternativesOf(schema);
  return [...new Set(alternatives.map(lineOf))].join(' | ');
}

function lineOf(schema: Schema): string {
  if (typeof schema === 'boolean') return 'any';
  if (schema.title) return schema.title;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  switch (schema.type) {
    case 'object':
      return schema.properties ? `{${fieldTexts(schema, textOf).join(', ')}}` : 'object';
    case 'array':
      return itemsText(schema);
    case undefined:
      // What a function checks, of which the schema cannot tell.
      return '…';
    default:
      return [schema.type].flat().join(' | ');
  }
}

function broken(schema: Schema, indent: string): string {
  const line = textOf(schema);
  if (indent.length + line.length <= widest) return line;
  const deeper = `${indent}  `;
  const [only, ...others] = alternativesOf(schema);
  if (others.length > 0) {
    return alternativesOf(schema)
      .map((one) => `\n${deeper}| ${broken(one, `${deeper}  `)}`)
      .join('');
  }
  if (typeof only !== 'object' || only.title) return line;
  if (only.properties) {
    const fields = fieldTexts(only, (field) => broken(field, deeper));
    return `{\n${fields.map((field) => `${deeper}${field}\n`).join('')}${indent}}`;
  }
  return only.type === 'array' ? `(${broken(only.items as Schema, indent)}\n${indent})[]` : line;
}

/** Of alternatives that hold alternatives all of them. */
function alternativesOf(schema: Schema): readonly Schema[] {
  if (typeof schema === 'boolean' || schema.title) return [schema];
  return (schema.anyOf ?? schema.oneOf)?.flatMap(alternativesOf) ?? [schema];
}

function fieldTexts({ properties = {}, required = [] }: JsonSchema, text: (field: Schema) => string): string[] {
  return Object.entries(properties).map(([name, field]) => {
    if (required.includes(name)) return fieldText(name, text(field));
    return fieldText(`${name}?`, text(withoutNull(field)).replace(/ \| null$/, ''));
  });
}

const fieldText = (name: string, shape: string) => `${name}:${shape.startsWith('\n') ? '' : ' '}${shape}`;

function withoutNull(schema: Schema): Schema {
  const others = alternativesOf(schema).filter((one) => typeof one === 'boolean' || one.type !== 'null');
  return others.length === 0 ? schema : { anyOf: others as JsonSchema[] };
}

function itemsText({ items }: JsonSchema): string {
  const item = items === undefined || Array.isArray(items) ? 'any' : textOf(items as Schema);
  return item.includes(' ') ? `(${item})[]` : `${item}[]`;
}
