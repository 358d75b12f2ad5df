/** The certificates of PKCS12 stores, which Node reads only together with a key: RFC 7292. */
import { createRequire } from 'node:module';
import type { pkcs12 } from 'node-forge';

/**
 * In DER. Of what keytool and openssl write, all ways of encryption are read, the old ones (RC2, 3DES) too.
 * @param password undefined for a store that is not encrypted
 * @throws Error when the password is wrong, or it is no such store.
 */
export function pkcs12Certificates(content: Buffer, password: string | undefined): readonly Buffer[] {
  // Loading it takes a fifth of a second, which nobody should wait for who has no such store.
  const { asn1, pkcs12, pki } = createRequire(import.meta.url)('node-forge') as typeof import('node-forge');
  const store = pkcs12.pkcs12FromAsn1(asn1.fromDer(content.toString('binary')), false, password ?? '');
  const oid = pki.oids.certBag as string;
  const bags = store.getBags({ bagType: oid })[oid] ?? [];
  // It understands certificates of RSA, and leaves others as they are.
  const encoded = ({ cert, asn1: raw }: pkcs12.Bag) => asn1.toDer(cert ? pki.certificateToAsn1(cert) : raw);
  return bags.map((bag) => Buffer.from(encoded(bag).getBytes(), 'binary'));
}
