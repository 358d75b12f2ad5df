/** A login to brokers, by whatever mechanism: its exchange of tokens, its failures, and the pause after them. */
import type { Connection, SASLMechanismValue } from '@platformatic/kafka';
import type { MillraceError } from '../../errors.ts';
import {
  saslAuthenticateV0,
  saslAuthenticateV1,
  saslAuthenticateV2,
  saslHandshakeV1,
  saslPlain,
  saslScramSha,
} from '../library.ts';
import { Refusals } from './refusals.ts';

/** Sends a token to the broker, and gives its answer. */
export type Exchange = typeof saslAuthenticateV2.api;
export type LoginAnswer = Awaited<ReturnType<Exchange['async']>>;

/** Settled with the broker's last answer, which says how long the login lasts. */
export type Authenticate = (connection: Connection, exchange: Exchange) => Promise<LoginAnswer>;

export interface LoginOptions {
  readonly mechanism: SASLMechanismValue;
  /** What to look at when a broker refuses it. */
  readonly advice: string;
  readonly authenticate: Authenticate;
}

/** For all the connections of a cluster: what one of them was refused for, the next one will be. */
export class Login {
  readonly mechanism: SASLMechanismValue;
  readonly advice: string;
  readonly #authenticate: Authenticate;
  /** By broker. */
  readonly #refusals = new Refusals();

  constructor({ mechanism, advice, authenticate }: LoginOptions) {
    this.mechanism = mechanism;
    this.advice = advice;
    this.#authenticate = authenticate;
  }

  /** @throws MillraceError as `Refusals.check` does. */
  checkPause(address: string): void {
    this.#refusals.check(address);
  }

  refused(address: string, error: MillraceError): void {
    this.#refusals.refused(address, error);
  }

  passed(address: string): void {
    this.#refusals.passed(address);
  }

  /**
   * @param versions of requests that the broker knows, by their keys.
   * @returns for how long the broker takes requests then, in milliseconds; undefined: for ever. Another login on a connection in use would have
   * to hold back its requests: a new connection is simpler.
   * @throws what the broker, or this machine, has against it.
   */
  async logIn(
    connection: Connection,
    versions: ReadonlyMap<number, { readonly maxVersion: number }>,
  ): Promise<number | undefined> {
    await saslHandshakeV1.api.async(connection, this.mechanism);
    const newest = versions.get(saslAuthenticateV2.api.key)?.maxVersion ?? 0;
    const { sessionLifetimeMs } = await this.#authenticate(connection, exchanges[Math.min(newest, 2)] as Exchange);
    return Number(sessionLifetimeMs) || undefined;
  }
}

/** By version: 1 came with Kafka 2.0, and 2 with 2.4. */
const exchanges: readonly Exchange[] = [saslAuthenticateV0.api, saslAuthenticateV1.api, saslAuthenticateV2.api];

const passwordAdvice = 'check sasl.mechanism, and the user and password in sasl.jaas.config';

/** @param password as the broker has it: it is sent as it is, so only TLS keeps it secret. */
export const plainLogin = (username: string, password: string) =>
  new Login({
    mechanism: 'PLAIN',
    advice: passwordAdvice,
    authenticate: (connection, exchange) => saslPlain.authenticate(exchange, connection, username, password),
  });

export const scramLogin = (algorithm: 'SHA-256' | 'SHA-512', username: string, password: string) =>
  new Login({
    mechanism: `SCRAM-${algorithm}`,
    advice: passwordAdvice,
    authenticate: (connection, exchange) =>
      saslScramSha.authenticate(exchange, connection, algorithm, username, password),
  });
