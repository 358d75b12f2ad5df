/** The shape that a schema takes, in a line: `{type: "like", dimension: string, escape?: string | null}`. */
import { z } from 'zod';

type JsonSchema = z.core.JSONSchema.BaseSchema;

export function shapeText(schema: z.ZodType): string {
  return textOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }));
}

function textOf(schema: JsonSchema | boolean): string {
  if (typeof schema === 'boolean') return 'any';
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return [...new Set(alternatives.map(textOf))].join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  switch (schema.type) {
    case 'object':
      return schema.properties
        ? `{${Object.entries(schema.properties)
            .map((field) => fieldText(field, schema))
            .join(', ')}}`
        : 'object';
    case 'array':
      return itemsText(schema);
    case undefined:
      // A spec of another kind, read by that kind's own schema.
      return '…';
    default:
      return [schema.type].flat().join(' | ');
  }
}

function fieldText([name, field]: [string, JsonSchema | boolean], { required = [] }: JsonSchema): string {
  return `${name}${required.includes(name) ? '' : '?'}: ${textOf(field)}`;
}

function itemsText({ items }: JsonSchema): string {
  const item = items === undefined || Array.isArray(items) ? 'any' : textOf(items as JsonSchema | boolean);
  return item.includes(' ') ? `(${item})[]` : `${item}[]`;
}
