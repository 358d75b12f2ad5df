/** `ssl.*` of Kafka's properties, as Node's TLS has them. https://kafka.apache.org/documentation/#security_ssl */
import type { ConnectionOptions, SecureContextOptions, SecureVersion } from 'node:tls';
import { invalidInput } from '../../errors.ts';
import { invalidProperty, type KafkaProperties, text } from '../properties.ts';
import { authorities, type Identity, keyStoreOptions, secureContext, trustStoreOptions } from './store-options.ts';
import { inlinePem } from './stores.ts';

const trustStoreNames = {
  location: 'ssl.truststore.location',
  type: 'ssl.truststore.type',
  password: 'ssl.truststore.password',
};
export const keyStoreNames = {
  location: 'ssl.keystore.location',
  type: 'ssl.keystore.type',
  password: 'ssl.keystore.password',
  keyPassword: 'ssl.key.password',
};

/** @throws MillraceError when a file cannot be read, is of a kind that cannot be, or its password is wrong. */
export function tlsOptions(properties: KafkaProperties): ConnectionOptions {
  const identity = identityOptions(properties);
  const context = secureContext({ ...trustOptions(properties), ...versionOptions(properties) }, identity);
  return { secureContext: context, ...hostOptions(properties) };
}

/** Which authorities may have signed the broker's certificate. Without any: those that Node trusts. */
function trustOptions(properties: KafkaProperties): SecureContextOptions {
  const inline = inlinePem(properties, 'ssl.truststore.certificates');
  if (inline !== undefined) return { ca: authorities(inline, "'ssl.truststore.certificates'") };
  return trustStoreOptions(properties, trustStoreNames);
}

/** Our own certificate and key, for brokers that ask for them (`ssl.client.auth`). */
function identityOptions(properties: KafkaProperties): Identity {
  const cert = inlinePem(properties, 'ssl.keystore.certificate.chain');
  const key = inlinePem(properties, 'ssl.keystore.key');
  if ((cert === undefined) !== (key === undefined)) {
    throw invalidInput("'ssl.keystore.certificate.chain' and 'ssl.keystore.key' go together; one of them is missing");
  }
  if (cert === undefined || key === undefined) return keyStoreOptions(properties, keyStoreNames);
  const passphrase = text(properties, keyStoreNames.keyPassword);
  return { where: "'ssl.keystore.*'", options: { cert, key, ...(passphrase !== undefined && { passphrase }) } };
}

const versions: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

function versionOptions(properties: KafkaProperties): SecureContextOptions {
  const name = 'ssl.enabled.protocols';
  const value = text(properties, name);
  if (value === undefined) return {};
  const wanted = new Set(value.split(',').map((version) => version.trim()));
  const enabled = versions.filter((version) => wanted.has(version));
  const [minVersion, maxVersion] = [enabled[0], enabled.at(-1)];
  if (enabled.length < wanted.size || !minVersion || !maxVersion) {
    throw invalidProperty(name, value, `some of ${versions.join(', ')}`);
  }
  return { minVersion, maxVersion };
}

/** Set to nothing, it says that a broker's certificate may name another host. */
function hostOptions(properties: KafkaProperties): ConnectionOptions {
  const name = 'ssl.endpoint.identification.algorithm';
  const algorithm = properties[name] ?? 'https';
  if (algorithm === '') return { checkServerIdentity: () => undefined };
  if (String(algorithm).toLowerCase() === 'https') return {};
  throw invalidProperty(name, String(algorithm), 'https, or nothing');
}
