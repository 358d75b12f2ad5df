/** PKCS12 stores that Node does not read: those of certificates alone, and those of old encryption. RFC 7292. */
import { createRequire } from 'node:module';
import type { pkcs12 } from 'node-forge';

/**
 * All certificates, in DER. Of what keytool and openssl write, all ways of encryption are read, the old ones (RC2, 3DES) too.
 * @param password undefined for a store that is not encrypted
 * @throws Error when the password is wrong, or it is no such store.
 */
export function pkcs12Certificates(content: Buffer, password: string | undefined): readonly Buffer[] {
  const forge = loadForge();
  return bagsOf(forge, content, password)
    .filter(({ type }) => type === forge.pki.oids.certBag)
    .map((bag) => certificateOf(forge, bag));
}

/**
 * Its first key, as PKCS #8 in DER, and all certificates, the key's own one first; undefined when there is none.
 * @throws Error when the password is wrong, or it is no such store.
 */
export function pkcs12Key(content: Buffer, password: string | undefined) {
  const forge = loadForge();
  const { asn1, pki } = forge;
  const bags = bagsOf(forge, content, password);
  const found = bags.find(({ type }) => type === pki.oids.keyBag || type === pki.oids.pkcs8ShroudedKeyBag);
  if (!found) return undefined;
  // It understands keys of RSA, and leaves others as they are.
  const key = found.key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(found.key)) : found.asn1;
  const isOwn = (bag: pkcs12.Bag) => idOf(bag) === idOf(found);
  const certificates = bags.filter(({ type }) => type === pki.oids.certBag);
  const ordered = [...certificates.filter(isOwn), ...certificates.filter((bag) => !isOwn(bag))];
  return {
    key: Buffer.from(asn1.toDer(key).getBytes(), 'binary'),
    certificates: ordered.map((bag) => certificateOf(forge, bag)),
  };
}

type Forge = typeof import('node-forge');

/** Loading it takes a fifth of a second, which nobody should wait for who has no such store. */
const loadForge = (): Forge => createRequire(import.meta.url)('node-forge');

function bagsOf({ asn1, pkcs12 }: Forge, content: Buffer, password = ''): readonly pkcs12.Bag[] {
  const store = pkcs12.pkcs12FromAsn1(asn1.fromDer(content.toString('binary')), false, password);
  return store.safeContents.flatMap(({ safeBags }) => safeBags);
}

/** It understands certificates of RSA, and leaves others as they are. */
function certificateOf({ asn1, pki }: Forge, { cert, asn1: raw }: pkcs12.Bag): Buffer {
  return Buffer.from(asn1.toDer(cert ? pki.certificateToAsn1(cert) : raw).getBytes(), 'binary');
}

/** By which a key and its certificate belong together. */
const idOf = ({ attributes }: pkcs12.Bag): unknown => attributes?.localKeyId?.[0];
