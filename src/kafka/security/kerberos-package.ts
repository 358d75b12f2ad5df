/** The optional package `kerberos`, which speaks to the system's Kerberos library. Only logins by Kerberos need it. */
import { MillraceError } from '../../errors.ts';

/** https://github.com/mongodb-js/kerberos; tokens are base64. */
export interface KerberosClient {
  readonly contextComplete: boolean;
  /** Null when there is nothing to send. */
  step(challenge: string): Promise<string | null>;
  unwrap(challenge: string): Promise<string | null>;
  /** The challenge must not be empty: the package would crash the process. */
  wrap(challenge: string, options: { readonly user: string }): Promise<string>;
}

interface KerberosPackage {
  readonly GSS_MECH_OID_KRB5: number;
  readonly GSS_MECH_OID_SPNEGO: number;
  /** @param service as in `kafka@broker.example.com`. */
  initializeClient(
    service: string,
    options: { readonly mechOID: number; readonly principal?: string },
  ): Promise<KerberosClient>;
}

/** Not as a literal: types have to be checked, and the program has to run, where it is not installed. */
const packageName: string = 'kerberos';

/** @throws MillraceError `environment`, with how to install it. */
export async function loadKerberos(): Promise<KerberosPackage> {
  try {
    return (await import(packageName)).default;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] as string) : String(error);
    throw new MillraceError(
      'environment',
      `Kerberos needs the npm package 'kerberos', which cannot be loaded (${reason}). Install it with: npm install kerberos. ` +
        'Where npm finds no binary of it, it is compiled, which takes a C++ compiler, make, Python and the headers of ' +
        "Kerberos (Debian's libkrb5-dev, Red Hat's krb5-devel); it runs with libgssapi_krb5 (libgssapi-krb5-2, krb5-libs)",
      { cause: error },
    );
  }
}
