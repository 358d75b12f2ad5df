/** Why a connection by TLS did not come about. */

export type TlsTrouble =
  /** Nobody who is trusted has signed the other end's certificate. */
  | 'untrusted'
  /** Its certificate is no longer valid, or not yet. */
  | 'outOfDate'
  /** Its certificate names other hosts. */
  | 'otherHost'
  /** The other end does not take this client. */
  | 'refused'
  /** What answers does not speak TLS, or no version of it that is wanted. */
  | 'noTls';

const untrusted = /^(?:SELF_SIGNED|DEPTH_ZERO_SELF|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|CERT_UNTRUSTED|INVALID_CA)/;
const outOfDate = /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)/;

/** Undefined for errors that are not of TLS. */
export function tlsTrouble(error: unknown): TlsTrouble | undefined {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (untrusted.test(code)) return 'untrusted';
  if (outOfDate.test(code)) return 'outOfDate';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'otherHost';
  if (/ALERT/.test(code)) return 'refused';
  return code.startsWith('ERR_SSL_') ? 'noTls' : undefined;
}
