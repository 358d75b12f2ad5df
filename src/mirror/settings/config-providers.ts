/**
 * Values that stand elsewhere, such as passwords: `${file:/path/of.properties:name}`, `${directory:/path:file}`, `${env:NAME}`.
 * https://kafka.apache.org/documentation/#config_providers
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalidInput, type Place, unsupported } from '../../errors.ts';
import { loadJavaProperties } from '../../spec/java-properties.ts';

type Properties = Readonly<Record<string, string>>;
/** Undefined where there is no such value. */
type Provider = (path: string, key: string) => string | undefined;

const listName = 'config.providers';
const reference = /\$\{([^:}]+):(?:([^}]*):)?([^:}]*)\}/g;

const providers: Readonly<Record<string, Provider>> = {
  FileConfigProvider: (path, key) => (loadJavaProperties(readFileSync(path, 'utf8'), path).value as Properties)[key],
  DirectoryConfigProvider: (path, key) => readFileSync(join(path, key), 'utf8'),
  EnvVarConfigProvider: (_path, key) => process.env[key],
};

/**
 * The properties with all values in place, without those that say where these come from.
 * @throws MillraceError `unsupported` for another provider, `invalidInput` for a value that is not there, with the property's line.
 */
export function withProvidedValues(properties: Properties, placeOf: (name: string) => Place): Properties {
  const { [listName]: list = '', ...others } = properties;
  const byName = new Map(
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => [name, providerOf(name, properties, placeOf)] as const),
  );
  if (byName.size === 0) return properties;
  const own = Object.entries(others).filter(([name]) => !name.startsWith(`${listName}.`));
  return Object.fromEntries(own.map(([name, value]) => [name, provided(value, byName, placeOf(name))]));
}

function providerOf(name: string, properties: Properties, placeOf: (name: string) => Place): Provider {
  const classProperty = `${listName}.${name}.class`;
  const className = properties[classProperty]?.trim() ?? '';
  const provider = providers[className.split('.').at(-1) ?? ''];
  if (provider !== undefined) return provider;
  const known = Object.keys(providers).join(', ');
  throw unsupported(`'${className}' is code of Java, which cannot run here; known are ${known}`, {
    place: placeOf(classProperty in properties ? classProperty : listName),
  });
}

/** What refers to no provider is no reference. */
function provided(value: string, byName: ReadonlyMap<string, Provider>, place: Place): string {
  return value.replace(reference, (text, name: string, path: string | undefined, key: string) => {
    const provider = byName.get(name);
    return provider === undefined ? text : readValue(() => provider(path ?? '', key), text, place);
  });
}

function readValue(read: () => string | undefined, text: string, place: Place): string {
  try {
    const value = read();
    if (value !== undefined) return value;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw invalidInput(`${text} cannot be read (${code ?? (cause as Error).message})`, { place, cause });
  }
  throw invalidInput(`${text} is not there`, { place });
}
