/**
 * A JKS store, Java's own kind of before PKCS12. Big-endian, texts as Java's DataOutput writes them:
 *
 *     store  magic:4 (feedfeed)  version:4  count:4  entry*  digest:20
 *     entry  tag:4 (1)  alias:text  created:8  key:sized  count:4  certificate*
 *            tag:4 (2)  alias:text  created:8  certificate
 *     certificate  type:text  sized          (version 1 has no type)
 *     text   length:2  bytes
 *     sized  length:4  bytes
 *
 * The digest is SHA-1 of the password in UTF-16, a salt of Java's, and all that stands before it. Certificates are not encrypted;
 * keys are, see jks-key.ts.
 */
import { createHash } from 'node:crypto';
import { invalidInput } from '../../errors.ts';
import { decryptKey, passwordBytes } from './jks-key.ts';

export const jksMagic = 0xfeedfeed;

const digestBytes = 20;
const salt = 'Mighty Aphrodite';

interface Entry {
  /** Encrypted; undefined for a certificate alone. */
  readonly key: Buffer | undefined;
  /** In DER; of a key its own one first. */
  readonly certificates: readonly Buffer[];
}

/** All that stand in it, in DER. @throws MillraceError when the password is wrong, or it is no such store. */
export const jksCertificates = (content: Buffer, password: string | undefined): readonly Buffer[] =>
  entriesOf(content, password).flatMap(({ certificates }) => certificates);

/**
 * Its first key, as PKCS #8 in DER, and the key's certificates, its own one first; undefined when there is none.
 * @param keyPassword the store's unless the key has one of its own
 * @throws MillraceError when a password is wrong, or it is no such store.
 */
export function jksKey(content: Buffer, password: string | undefined, keyPassword = password) {
  for (const { key, certificates } of entriesOf(content, password))
    if (key) return { key: decryptKey(key, keyPassword ?? ''), certificates };
  return undefined;
}

/** @param password undefined: the digest is not looked at, as in Java */
function entriesOf(content: Buffer, password: string | undefined): readonly Entry[] {
  const body = content.subarray(0, -digestBytes);
  if (password !== undefined && !digestOf(body, password).equals(content.subarray(-digestBytes)))
    throw invalidInput('its digest is not that of its password');
  const reader = new Reader(body);
  const version = reader.header();
  const certificate = () => {
    if (version === 2) reader.text();
    return reader.sized();
  };
  return reader.list(() => {
    const tag = reader.int();
    reader.text();
    reader.skip(8);
    if (tag === 2) return { key: undefined, certificates: [certificate()] };
    if (tag === 1) return { key: reader.sized(), certificates: reader.list(certificate) };
    throw invalidInput(`it has an entry of an unknown kind, ${tag}`);
  });
}

const digestOf = (body: Buffer, password: string): Buffer =>
  createHash('sha1').update(passwordBytes(password)).update(salt).update(body).digest();

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The version. */
  header(): number {
    const magic = this.int();
    const version = this.int();
    if (magic !== jksMagic || (version !== 1 && version !== 2))
      throw invalidInput('it is no JKS store of version 1 or 2');
    return version;
  }

  int(): number {
    return this.skip(4).readUInt32BE();
  }

  text(): void {
    this.skip(this.skip(2).readUInt16BE());
  }

  sized(): Buffer {
    return this.skip(this.int());
  }

  list<T>(one: () => T): T[] {
    const found: T[] = [];
    for (let left = this.int(); left > 0; left--) found.push(one());
    return found;
  }

  skip(bytes: number): Buffer {
    const part = this.#bytes.subarray(this.#at, this.#at + bytes);
    if (part.length < bytes) throw invalidInput('it ends too early');
    this.#at += bytes;
    return part;
  }
}
