/** Stores as Node's TLS takes them, whatever the properties are called that name them. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { invalidInput } from '../../errors.ts';
import { type KafkaProperties, text } from '../properties.ts';
import { certificatesOf, identityOf, type KeyStoreNames, readStore, type StoreNames } from './stores.ts';

/** A certificate and its key; none where `options` is empty. */
export interface Identity {
  /** For messages. */
  readonly where: string;
  readonly options: SecureContextOptions;
}

/**
 * Who may have signed the other end's certificate; nothing where no store is named: then it is those that Node trusts.
 * @throws MillraceError when it cannot be read, is of a kind that cannot be, or its password is wrong.
 */
export function trustStoreOptions(properties: KafkaProperties, names: StoreNames): SecureContextOptions {
  const store = readStore(properties, names);
  if (store === undefined) return {};
  if (store.type === 'PEM') return { ca: authorities(store.pem, store.where) };
  return { ca: certificatesOf(store, text(properties, names.password)) };
}

/** @throws MillraceError as `trustStoreOptions` does. */
export function keyStoreOptions(properties: KafkaProperties, names: KeyStoreNames): Identity {
  const store = readStore(properties, names);
  if (store === undefined) return { where: `'${names.location}'`, options: {} };
  const { where } = store;
  const keyPassword = text(properties, names.keyPassword);
  if (store.type === 'PEM') {
    const passphrase = keyPassword === undefined ? {} : { passphrase: keyPassword };
    return { where, options: { cert: store.pem, key: store.pem, ...passphrase } };
  }
  const password = text(properties, names.password) ?? keyPassword;
  const pfx = { pfx: store.content, ...(password !== undefined && { passphrase: password }) };
  if (store.type === 'PKCS12' && isForNode(pfx)) return { where, options: pfx };
  return { where, options: identityOf(store, password, keyPassword) };
}

/** @throws MillraceError when the key, its certificate or a password do not belong together. */
export function secureContext(options: SecureContextOptions, identity: Identity): SecureContext {
  try {
    return createSecureContext({ ...options, ...identity.options });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidInput(
      `${identity.where} cannot be used: ${reason}; check that key, certificate and passwords belong together`,
      { cause: error },
    );
  }
}

/**
 * The certificates of a PEM file. Node passes over what is no certificate, and would then trust nobody without saying why.
 * @throws MillraceError when there is none, or one cannot be read.
 */
export function authorities(pem: string, where: string): string[] {
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

/** Stores of Java before 17 are encrypted as Node does not read them any more. */
function isForNode(store: SecureContextOptions): boolean {
  try {
    createSecureContext(store);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ERR_CRYPTO_UNSUPPORTED_OPERATION';
  }
}
