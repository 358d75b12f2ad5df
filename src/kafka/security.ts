/** `security.protocol`, `sasl.*` and `ssl.*` of Kafka's properties. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { SASLOptions } from '@platformatic/kafka';
import { invalidInput, MillraceError, unsupported } from '../errors.ts';
import { invalidProperty, type KafkaProperties, text } from './properties.ts';

/** Mechanisms that take a user and a password out of `sasl.jaas.config`. */
const passwordMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/** @throws MillraceError when the mechanism is not known, or its credentials are missing. */
export function saslOptions(properties: KafkaProperties): SASLOptions {
  const name = text(properties, 'sasl.mechanism') ?? 'GSSAPI';
  const mechanism = passwordMechanisms.find((known) => known === name);
  if (mechanism === undefined) {
    throw unsupported(`'sasl.mechanism' is '${name}'; supported are ${passwordMechanisms.join(', ')}`);
  }
  const jaas = text(properties, 'sasl.jaas.config');
  if (jaas === undefined) throw invalidInput(`'sasl.jaas.config' is missing: ${mechanism} takes its user from there`);
  const { username, password } = jaasOptions(jaas);
  if (username === undefined || password === undefined) {
    throw invalidInput(
      `'sasl.jaas.config' has no username or no password; expected: … required username="…" password="…";`,
    );
  }
  return { mechanism, username, password };
}

/** `org.apache.kafka…Module required username="a" password="b\"c";` → its options. */
export function jaasOptions(jaas: string): Readonly<Record<string, string | undefined>> {
  const options: Record<string, string> = {};
  for (const [, name, quoted, plain] of jaas.matchAll(/([\w.]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/g)) {
    options[name as string] = plain ?? (quoted as string).replace(/\\(.)/g, '$1');
  }
  return options;
}

/** @throws MillraceError when a file cannot be read, or a store is of a kind that cannot be. */
export function tlsOptions(properties: KafkaProperties): TlsOptions {
  const keyPassword = text(properties, 'ssl.key.password');
  const chain = text(properties, 'ssl.keystore.certificate.chain');
  const key = text(properties, 'ssl.keystore.key');
  const keystore = storeFile(properties, 'ssl.keystore');
  const truststore = storeFile(properties, 'ssl.truststore');
  if (truststore?.type === 'PKCS12') {
    throw unsupported("'ssl.truststore.type' PKCS12: write it as PEM (openssl pkcs12 -in FILE -nokeys -out FILE.pem)");
  }
  const ca = text(properties, 'ssl.truststore.certificates') ?? truststore?.content;
  const password = keyPassword ?? text(properties, 'ssl.keystore.password');
  return {
    ...(ca !== undefined && { ca }),
    ...(keystore?.type === 'PKCS12' && { pfx: keystore.content }),
    ...(keystore?.type === 'PEM' && { cert: keystore.content, key: keystore.content }),
    ...(chain !== undefined && { cert: chain }),
    ...(key !== undefined && { key }),
    ...(password !== undefined && { passphrase: password }),
    // Set to nothing, it says that a certificate may name another host.
    ...(properties['ssl.endpoint.identification.algorithm'] === '' && { checkServerIdentity: () => undefined }),
  };
}

function storeFile(properties: KafkaProperties, store: string) {
  const file = text(properties, `${store}.location`);
  if (file === undefined) return undefined;
  const type = (text(properties, `${store}.type`) ?? 'JKS').toUpperCase();
  if (type === 'JKS') {
    throw unsupported(
      `'${store}.location' is a JKS store, which only Java reads; write it as PKCS12 (keytool -importkeystore ` +
        `-srckeystore FILE -destkeystore FILE.p12 -deststoretype PKCS12) or PEM, and set '${store}.type'`,
    );
  }
  if (type !== 'PEM' && type !== 'PKCS12') throw invalidProperty(`${store}.type`, type, 'PEM or PKCS12');
  try {
    return { type, content: readFileSync(file) };
  } catch (error) {
    throw new MillraceError('environment', `'${store}.location': ${file} cannot be read`, { cause: error });
  }
}
