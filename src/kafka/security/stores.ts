/** Key stores and trust stores of Java's properties: PEM files, PEM in the properties themselves, and PKCS12 files. */
import { readFileSync } from 'node:fs';
import { invalidInput, MillraceError, unsupported } from '../../errors.ts';
import { invalidProperty, type KafkaProperties, text } from '../properties.ts';

type StoreName = 'ssl.keystore' | 'ssl.truststore';

export type Store =
  | { readonly type: 'PEM'; readonly where: string; readonly pem: string }
  | { readonly type: 'PKCS12'; readonly where: string; readonly file: string; readonly content: Buffer };

const types = ['PEM', 'PKCS12', 'JKS'];

/** What makes a store of Java one that can be read here. */
export const conversions: Readonly<Record<StoreName, (file: string) => string>> = {
  'ssl.keystore': (file) =>
    `write it as PKCS12 (keytool -importkeystore -srckeystore ${file} -destkeystore FILE.p12 -deststoretype PKCS12)`,
  'ssl.truststore': (file) =>
    `write it as PEM (keytool -list -rfc -keystore ${file} > FILE.pem), and set 'ssl.truststore.type' to PEM`,
};

/**
 * The file at `ssl.….location`; undefined when there is none. Like Java, of JKS and PKCS12 it takes what the file turns
 * out to be: keytool has made PKCS12 for long, and JKS is the default of `ssl.….type`.
 * @throws MillraceError when it cannot be read, or only Java can.
 */
export function readStore(properties: KafkaProperties, name: StoreName): Store | undefined {
  const file = text(properties, `${name}.location`);
  if (file === undefined) return undefined;
  const where = `'${name}.location'`;
  const type = (text(properties, `${name}.type`) ?? 'JKS').toUpperCase();
  if (!types.includes(type)) throw invalidProperty(`${name}.type`, type, types.join(', '));
  const content = readFile(file, where);
  if (type === 'PEM') return { type, where, pem: checkPem(content.toString('latin1'), `${where}: ${file}`) };
  const kind = kindOf(content);
  if (kind === 'JKS') {
    throw unsupported(`${where} is a JKS store, which only Java reads; ${conversions[name](file)}`);
  }
  if (kind === 'PKCS12') return { type: kind, where, file, content };
  const advice = kind === 'PEM' ? `; it is PEM: set '${name}.type' to PEM` : '';
  throw invalidInput(`${where}: ${file} is no store of type ${type}${advice}`);
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
  if (magic === 0xfeedfeed || magic === 0xcececece) return 'JKS';
  // A sequence of ASN.1.
  if (content[0] === 0x30) return 'PKCS12';
  return content.includes('-----BEGIN ') ? 'PEM' : undefined;
}
