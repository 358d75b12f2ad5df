/** TLS as Druid's properties have it. https://druid.apache.org/docs/latest/development/extensions-core/simple-client-sslcontext */
import type { ConnectionOptions, SecureContextOptions } from 'node:tls';
import { keyStoreOptions, secureContext, trustStoreOptions } from '../kafka/security/store-options.ts';
import type { TlsTrouble } from '../kafka/security/tls-trouble.ts';
import type { DruidProperties } from '../spec/druid-properties.ts';

const trustStoreNames = {
  location: 'druid.client.https.trustStorePath',
  type: 'druid.client.https.trustStoreType',
  password: 'druid.client.https.trustStorePassword',
} as const satisfies Names;

export const keyStoreNames = {
  location: 'druid.client.https.keyStorePath',
  type: 'druid.client.https.keyStoreType',
  password: 'druid.client.https.keyStorePassword',
  keyPassword: 'druid.client.https.keyManagerPassword',
} as const satisfies Names;

type Names = Readonly<Record<string, keyof DruidProperties>>;

/** @throws MillraceError when a store cannot be read, is of a kind that cannot be, or its password is wrong. */
export function tlsOptions(properties: DruidProperties): ConnectionOptions {
  const protocol = properties['druid.client.https.protocol'];
  const versions: SecureContextOptions = protocol === 'TLS' ? {} : { minVersion: protocol, maxVersion: protocol };
  const trust = trustStoreOptions(properties, trustStoreNames);
  const context = secureContext({ ...versions, ...trust }, keyStoreOptions(properties, keyStoreNames));
  const validates = properties['druid.client.https.validateHostnames'];
  return { secureContext: context, ...(!validates && { checkServerIdentity: () => undefined }) };
}

export const tlsAdvice: Readonly<Record<TlsTrouble, string>> = {
  untrusted: `nobody who is trusted has signed its certificate: name the authority in ${trustStoreNames.location}`,
  outOfDate: 'its certificate needs renewing, or the clock here is wrong',
  otherHost: 'ask it at a host that its certificate names, or set druid.client.https.validateHostnames to false',
  refused: `it refuses this client: it may want a certificate (${keyStoreNames.location}), or another one, or a version of TLS that druid.client.https.protocol leaves out`,
  noTls: 'check that this is its port for TLS, and druid.client.https.protocol',
};
