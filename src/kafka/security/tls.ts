/** `ssl.*` of Kafka's properties, as Node's TLS has them. https://kafka.apache.org/documentation/#security_ssl */
import { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, createSecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls';
import { invalidInput } from '../../errors.ts';
import { invalidProperty, type KafkaProperties, text } from '../properties.ts';
import { certificatesOf, identityOf, inlinePem, readStore } from './stores.ts';

/** @throws MillraceError when a file cannot be read, is of a kind that cannot be, or its password is wrong. */
export function tlsOptions(properties: KafkaProperties): ConnectionOptions {
  const { where, ...identity } = identityOptions(properties);
  const options = { ...trustOptions(properties), ...identity, ...versionOptions(properties) };
  try {
    return { secureContext: createSecureContext(options), ...hostOptions(properties) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidInput(
      `${where} cannot be used: ${reason}; check that key, certificate and passwords belong together`,
      {
        cause: error,
      },
    );
  }
}

/** Which authorities may have signed the broker's certificate. Without any: those that Node trusts. */
function trustOptions(properties: KafkaProperties): SecureContextOptions {
  const inline = inlinePem(properties, 'ssl.truststore.certificates');
  if (inline !== undefined) return { ca: authorities(inline, "'ssl.truststore.certificates'") };
  const store = readStore(properties, 'ssl.truststore');
  if (store === undefined) return {};
  if (store.type === 'PEM') return { ca: authorities(store.pem, store.where) };
  return { ca: certificatesOf(store, text(properties, 'ssl.truststore.password')) };
}

/** Node passes over what is no certificate, and would then trust nobody without saying why. */
function authorities(pem: string, where: string): string[] {
  const certificates = pem.match(
    /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g,
  );
  if (certificates === null)
    throw invalidInput(`${where} holds no certificate: -----BEGIN CERTIFICATE----- is missing`);
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      throw invalidInput(`${where} holds a certificate that cannot be read`, { cause: error });
    }
  }
  return certificates;
}

/** Our own certificate and key, for brokers that ask for them (`ssl.client.auth`). */
function identityOptions(properties: KafkaProperties): SecureContextOptions & { where: string } {
  const keyPassword = text(properties, 'ssl.key.password');
  const passphrase = keyPassword === undefined ? {} : { passphrase: keyPassword };
  const cert = inlinePem(properties, 'ssl.keystore.certificate.chain');
  const key = inlinePem(properties, 'ssl.keystore.key');
  const where = "'ssl.keystore.*'";
  if ((cert === undefined) !== (key === undefined)) {
    throw invalidInput("'ssl.keystore.certificate.chain' and 'ssl.keystore.key' go together; one of them is missing");
  }
  if (cert !== undefined && key !== undefined) return { where, cert, key, ...passphrase };
  const store = readStore(properties, 'ssl.keystore');
  if (store === undefined) return { where };
  if (store.type === 'PEM') return { where: store.where, cert: store.pem, key: store.pem, ...passphrase };
  const password = text(properties, 'ssl.keystore.password') ?? keyPassword;
  const pfx = { pfx: store.content, ...(password !== undefined && { passphrase: password }) };
  if (store.type === 'PKCS12' && isForNode(pfx)) return { where: store.where, ...pfx };
  return { where: store.where, ...identityOf(store, password, keyPassword) };
}

/** Stores of Java before 17 are encrypted as Node does not read them any more. */
function isForNode(store: SecureContextOptions): boolean {
  try {
    createSecureContext(store);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ERR_CRYPTO_UNSUPPORTED_OPERATION';
  }
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
