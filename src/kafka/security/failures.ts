/** Why a broker could not be connected to, in words: what failed, by which mechanism, where, and what to do. */

import { MillraceError } from '../../errors.ts';
import { AuthenticationError, ResponseError, TimeoutError } from '../library.ts';
import { causesOf, connectionError, reasonOf } from '../protocol-errors.ts';
import type { Login } from './login.ts';
import { type TlsTrouble, tlsTrouble } from './tls-trouble.ts';

export interface FailedOpening {
  readonly address: string;
  readonly error: unknown;
  readonly login: Login | undefined;
  /** Whether the login had begun, and not ended. */
  readonly isLoggingIn: boolean;
}

/** Of a login, `context.refusedLogin` is its mechanism: another try with the same credentials is to wait. */
export function openingError(failed: FailedOpening): MillraceError {
  const { login } = failed;
  return (login && loginError(failed, login)) ?? tlsError(failed) ?? connectionError(failed.address, failed.error);
}

function loginError({ address, error, isLoggingIn }: FailedOpening, login: Login): MillraceError | undefined {
  const causes = causesOf(error);
  const { mechanism } = login;
  const fail = (code: MillraceError['code'], what: string) =>
    new MillraceError(code, `Kafka at ${address}: ${what}`, { cause: error, context: { refusedLogin: mechanism } });
  const own = causes.find((cause) => cause instanceof MillraceError);
  // What is missing on this machine says itself what to do.
  if (own?.code === 'environment') return fail(own.code, own.message);
  const response = causes.find((cause) => cause instanceof ResponseError);
  const kafkaError = response?.errors[0]?.apiId;
  if (kafkaError === 'UNSUPPORTED_SASL_MECHANISM') {
    const { mechanisms = [] } = response?.response as { mechanisms?: readonly string[] };
    return fail('unavailable', `it does not take ${mechanism}; set sasl.mechanism to one of ${mechanisms.join(', ')}`);
  }
  if (kafkaError === 'ILLEGAL_SASL_STATE') {
    return fail(
      'unavailable',
      'it wants no login there; set security.protocol to PLAINTEXT or SSL, or take its SASL port',
    );
  }
  const isRefusal =
    own !== undefined ||
    kafkaError === 'SASL_AUTHENTICATION_FAILED' ||
    causes.some((cause) => cause instanceof AuthenticationError);
  if (isRefusal) {
    const reason = own?.message ?? reasonOf(error);
    return fail('unavailable', `the login by ${mechanism} failed: ${reason.replace(/\.$/, '')}; ${login.advice}`);
  }
  const isSlow = isLoggingIn && causes.some((cause) => cause instanceof TimeoutError);
  return isSlow ? fail('unavailable', `the login by ${mechanism} did not end in time; ${login.advice}`) : undefined;
}

function tlsError({ address, error }: FailedOpening): MillraceError | undefined {
  const cause = causesOf(error).at(-1);
  const trouble = tlsTrouble(cause);
  if (cause === undefined || trouble === undefined) return undefined;
  const what = `Kafka at ${address} cannot be used by TLS: ${reasonOf(cause)}; ${tlsAdvice[trouble]}`;
  return new MillraceError('unavailable', what, { cause: error });
}

const tlsAdvice: Readonly<Record<TlsTrouble, string>> = {
  untrusted:
    'nobody who is trusted has signed its certificate: name the authority in ssl.truststore.location or ssl.truststore.certificates',
  outOfDate: 'its certificate needs renewing, or the clock here is wrong',
  otherHost:
    'write the brokers into bootstrap.servers, and into advertised.listeners, as their certificates name them, or set ssl.endpoint.identification.algorithm to nothing',
  refused:
    'it refuses this client: it may want a certificate (ssl.keystore.location), or another one, or a version of TLS that ssl.enabled.protocols leaves out',
  noTls: 'check security.protocol, and that this is its port for TLS',
};
