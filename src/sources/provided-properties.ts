/**
 * Consumer properties whose values a spec does not hold itself, such as passwords.
 * https://druid.apache.org/docs/latest/operations/dynamic-config-provider
 * https://druid.apache.org/docs/latest/operations/password-provider
 */
import { z } from 'zod';
import { validate } from '../catalog/validate.ts';
import { invalidInput } from '../errors.ts';
import type { KafkaProperties } from '../kafka/index.ts';

const providerName = 'druid.dynamic.config.provider';

const texts = z.record(z.string(), z.string());
const configProvider = z.discriminatedUnion('type', [
  z.object({ type: z.literal('environment'), variables: texts }),
  z.object({ type: z.literal('mapString'), config: texts }),
]);
const passwordProvider = z.discriminatedUnion('type', [
  z.object({ type: z.literal('environment'), variable: z.string() }),
  z.object({ type: z.literal('default'), password: z.string() }),
]);

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * With the values that the provider `druid.dynamic.config.provider` has, which take precedence, and passwords that are
 * written as `{"type": "environment", "variable": …}`.
 * @throws MillraceError `invalidInput` for another provider, and for a variable that is not set.
 */
export function withProvidedValues(
  properties: KafkaProperties,
  environment: Environment = process.env,
): KafkaProperties {
  const { [providerName]: provider, ...own } = properties;
  const entries = Object.entries(own).map(([name, value]) => [name, passwordOf(name, value, environment)] as const);
  return { ...Object.fromEntries(entries), ...(provider ? provided(provider, environment) : {}) };
}

function provided(provider: unknown, environment: Environment): KafkaProperties {
  const read = validate(configProvider, provider, { what: providerName });
  if (read.type === 'mapString') return read.config;
  const variables = Object.entries(read.variables);
  return Object.fromEntries(variables.map(([name, variable]) => [name, variableValue(variable, name, environment)]));
}

function passwordOf(name: string, value: unknown, environment: Environment): unknown {
  if (!name.endsWith('password') || typeof value !== 'object' || value === null) return value;
  const read = validate(passwordProvider, value, { what: name });
  return read.type === 'default' ? read.password : variableValue(read.variable, name, environment);
}

function variableValue(variable: string, name: string, environment: Environment): string {
  const value = environment[variable];
  if (value !== undefined) return value;
  throw invalidInput(
    `'${name}' is to come from the environment variable ${variable}, which is not set where millrace runs`,
  );
}
