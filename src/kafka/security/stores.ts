/** Key stores and trust stores of Java's properties: PEM files, PEM in the properties themselves, PKCS12 and JKS files. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { invalidInput, MillraceError } from '../../errors.ts';
import { invalidProperty, type KafkaProperties, text } from '../properties.ts';
import { jksCertificates, jksKey, jksMagic } from './jks.ts';
import { pkcs12Certificates, pkcs12Key } from './pkcs12.ts';

/** Of the properties that say where a store is and how to open it. */
export interface StoreNames {
  readonly location: string;
  readonly type: string;
  readonly password: string;
}

export interface KeyStoreNames extends StoreNames {
  readonly keyPassword: string;
}

/** How stores that are not of PEM are read. */
const binaryStores = {
  PKCS12: { certificates: pkcs12Certificates, key: pkcs12Key },
  JKS: { certificates: jksCertificates, key: jksKey },
} as const;

export interface BinaryStore<Names extends StoreNames = StoreNames> {
  readonly type: keyof typeof binaryStores;
  readonly names: Names;
  readonly where: string;
  readonly file: string;
  readonly content: Buffer;
}

export type Store<Names extends StoreNames = StoreNames> =
  | { readonly type: 'PEM'; readonly where: string; readonly pem: string }
  | BinaryStore<Names>;

const types = ['PEM', ...Object.keys(binaryStores)];

/**
 * The file at the location; undefined when there is none. Like Java, of JKS and PKCS12 it takes what the file turns out to
 * be: keytool has made PKCS12 for long, and JKS is the default of the type.
 * @throws MillraceError when it cannot be read, or is something else.
 */
export function readStore<Names extends StoreNames>(
  properties: KafkaProperties,
  names: Names,
): Store<Names> | undefined {
  const file = text(properties, names.location);
  if (file === undefined) return undefined;
  const where = `'${names.location}'`;
  const type = (text(properties, names.type) ?? 'JKS').toUpperCase();
  if (!types.includes(type)) throw invalidProperty(names.type, type, types.join(', '));
  const content = readFile(file, where);
  if (type === 'PEM') return { type, where, pem: checkPem(content.toString('latin1'), `${where}: ${file}`) };
  const kind = kindOf(content);
  if (kind === 'JKS' || kind === 'PKCS12') return { type: kind, names, where, file, content };
  const advice = kind === 'PEM' ? `; it is PEM: set '${names.type}' to PEM` : '';
  throw invalidInput(`${where}: ${file} is no store of type ${type}${advice}`);
}

/**
 * All that are in it, as PEM: who puts a certificate into a trust store trusts it.
 * @throws MillraceError when there is none, or the password is not the store's.
 */
export function certificatesOf(store: BinaryStore, password: string | undefined): string[] {
  const advice = `check that '${store.names.password}' is ${password === undefined ? 'there' : "the store's"}`;
  const certificates = reading(store, advice, () =>
    binaryStores[store.type].certificates(store.content, password).map(certificatePem),
  );
  if (certificates.length === 0) throw invalidInput(`${store.where}: ${store.file} holds no certificate`);
  return certificates;
}

/**
 * Its first key and the key's certificates, as PEM.
 * @throws MillraceError when there is none, or a password is not the store's or the key's.
 */
export function identityOf(
  store: BinaryStore<KeyStoreNames>,
  password: string | undefined,
  keyPassword: string | undefined,
): { readonly key: string; readonly cert: string } {
  const advice = `check '${store.names.password}' and '${store.names.keyPassword}'`;
  const identity = reading(store, advice, () => {
    const found = binaryStores[store.type].key(store.content, password, keyPassword);
    if (!found) return undefined;
    const key = createPrivateKey({ key: found.key, format: 'der', type: 'pkcs8' });
    const cert = found.certificates.map(certificatePem).join('');
    return { key: key.export({ format: 'pem', type: 'pkcs8' }).toString(), cert };
  });
  if (identity) return identity;
  throw invalidInput(`${store.where}: ${store.file} holds no key`);
}

const certificatePem = (der: Buffer): string => new X509Certificate(der).toString();

function reading<T>({ type, where, file }: BinaryStore, advice: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidInput(`${where}: ${file} cannot be read as ${type}: ${reason}; ${advice}`, { cause: error });
  }
}

function readFile(file: string, where: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new MillraceError('environment', `${where}: ${file} cannot be read`, { cause: error });
  }
}

/** PEM that a property itself holds: line breaks may be missing, as properties are often written on one line. */
export function inlinePem(properties: KafkaProperties, name: string): string | undefined {
  const value = text(properties, name);
  if (value === undefined) return undefined;
  // Those with headers, which are encrypted in the old way, need their lines as they are.
  const lines = value.replace(
    /(-----BEGIN [A-Z0-9 ]+-----)([^-:]*)(-----END [A-Z0-9 ]+-----)/g,
    (_, begin: string, body: string, end: string) =>
      `${begin}\n${body.replace(/\s+/g, '').replace(/.{1,64}/g, '$&\n')}${end}\n`,
  );
  return checkPem(lines, `'${name}'`);
}

function checkPem(pem: string, where: string): string {
  if (!/-----BEGIN [A-Z0-9 ]+-----/.test(pem)) throw invalidInput(`${where} is not PEM: -----BEGIN … ----- is missing`);
  return pem;
}

function kindOf(content: Buffer): 'JKS' | 'PKCS12' | 'PEM' | undefined {
  const magic = content.length >= 4 ? content.readUInt32BE(0) : 0;
  if (magic === jksMagic) return 'JKS';
  // A sequence of ASN.1.
  if (content[0] === 0x30) return 'PKCS12';
  return content.includes('-----BEGIN ') ? 'PEM' : undefined;
}
