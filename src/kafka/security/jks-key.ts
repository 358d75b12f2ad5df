/**
 * A key of a JKS store: EncryptedPrivateKeyInfo of PKCS #8, encrypted in Java's own way.
 *
 *     SEQUENCE  SEQUENCE {1.3.6.1.4.1.42.2.17.1.1, NULL}  OCTET STRING: salt:20 encrypted digest:20
 *
 * What it is XORed with are blocks of 20 bytes, each SHA-1 of the password in UTF-16 and the block before, the first one of the salt. The
 * digest is SHA-1 of the password and the key.
 */
import { createHash } from 'node:crypto';
import { invalidInput } from '../../errors.ts';

const sha1Bytes = 20;

/** As Java's characters are. */
export const passwordBytes = (password: string): Buffer => Buffer.from(password, 'utf16le').swap16();

/** PKCS #8 in DER. @throws MillraceError when the password is not the key's. */
export function decryptKey(encrypted: Buffer, password: string): Buffer {
  const info = derContent(encrypted, 0x30);
  const algorithm = derContent(info, 0x30);
  const data = derContent(info.subarray(algorithm.byteOffset - info.byteOffset + algorithm.length), 0x04);
  const secret = passwordBytes(password);
  const sha1 = (...parts: readonly Buffer[]) => createHash('sha1').update(Buffer.concat(parts)).digest();
  const key = Buffer.from(data.subarray(sha1Bytes, -sha1Bytes));
  let block = data.subarray(0, sha1Bytes);
  for (let at = 0; at < key.length; at++) {
    if (at % sha1Bytes === 0) block = sha1(secret, block);
    key[at] = (key[at] as number) ^ (block[at % sha1Bytes] as number);
  }
  if (sha1(secret, key).equals(data.subarray(-sha1Bytes))) return key;
  throw invalidInput("the password is not that of its key ('ssl.key.password', or that of the store)");
}

/** What is in the value that stands at the beginning. */
function derContent(bytes: Buffer, tag: number): Buffer {
  const [found, short = 0] = bytes;
  // Beyond 127 it is the number of bytes that the length has.
  const lengthBytes = short < 0x80 ? 0 : short - 0x80;
  const start = 2 + lengthBytes;
  if (found !== tag || lengthBytes > 4 || bytes.length < start) throw invalidInput('its key is not of PKCS #8');
  const length = lengthBytes === 0 ? short : bytes.readUIntBE(2, lengthBytes);
  const content = bytes.subarray(start, start + length);
  if (content.length < length) throw invalidInput('its key ends too early');
  return content;
}
