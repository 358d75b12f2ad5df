/**
 * The certificates of a JKS store, Java's own kind of before PKCS12. Big-endian, texts as Java's DataOutput writes them:
 *
 *     store  magic:4 (feedfeed)  version:4  count:4  entry*  digest:20
 *     entry  tag:4 (1)  alias:text  created:8  key:sized  count:4  certificate*
 *            tag:4 (2)  alias:text  created:8  certificate
 *     certificate  type:text  sized          (version 1 has no type)
 *     text   length:2  bytes
 *     sized  length:4  bytes
 *
 * The digest is SHA-1 of the password in UTF-16, a salt of Java's, and all that stands before it. Certificates are not encrypted.
 */
import { createHash } from 'node:crypto';
import { invalidInput } from '../../errors.ts';

export const jksMagic = 0xfeedfeed;

const digestBytes = 20;
const salt = 'Mighty Aphrodite';

/**
 * In DER.
 * @param password undefined: the digest is not looked at, as in Java
 * @throws MillraceError when the password is wrong, or it is no such store.
 */
export function jksCertificates(content: Buffer, password: string | undefined): readonly Buffer[] {
  const body = content.subarray(0, -digestBytes);
  if (password !== undefined && !digestOf(body, password).equals(content.subarray(-digestBytes))) {
    throw invalidInput('its digest is not that of its password');
  }
  const reader = new Reader(body);
  const version = reader.header();
  const certificates: Buffer[] = [];
  const certificate = () => {
    if (version === 2) reader.text();
    certificates.push(reader.sized());
  };
  for (let entries = reader.int(); entries > 0; entries--) {
    const tag = reader.int();
    reader.text();
    reader.skip(8);
    if (tag === 2) certificate();
    else if (tag === 1) {
      reader.sized();
      for (let chain = reader.int(); chain > 0; chain--) certificate();
    } else throw invalidInput(`it has an entry of an unknown kind, ${tag}`);
  }
  return certificates;
}

function digestOf(body: Buffer, password: string): Buffer {
  const utf16 = Buffer.from(password, 'utf16le').swap16();
  return createHash('sha1').update(utf16).update(salt).update(body).digest();
}

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

  skip(bytes: number): Buffer {
    const part = this.#bytes.subarray(this.#at, this.#at + bytes);
    if (part.length < bytes) throw invalidInput('it ends too early');
    this.#at += bytes;
    return part;
  }
}
