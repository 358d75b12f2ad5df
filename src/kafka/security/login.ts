/** A login to brokers, by whatever mechanism: its exchange of tokens, its failures, and the pause after them. */
import {
  type Connection,
  type SASLMechanismValue,
  type SASLOptions,
  type saslAuthenticateV2,
  saslPlain,
  saslScramSha,
} from '@platformatic/kafka';
import type { MillraceError } from '../../errors.ts';
import { Refusals } from './refusals.ts';

/** Sends a token to the broker, and gives its answer. */
export type Exchange = saslAuthenticateV2.SASLAuthenticationAPI;
export type LoginAnswer = saslAuthenticateV2.SaslAuthenticateResponse;

/** Settled with the broker's last answer, which says how long the login lasts. */
export type Authenticate = (connection: Connection, exchange: Exchange) => Promise<LoginAnswer>;

export interface LoginOptions {
  readonly mechanism: SASLMechanismValue;
  /** What to look at when a broker refuses it. */
  readonly advice: string;
  readonly authenticate: Authenticate;
}

/** One attempt, at one broker. */
export interface LoginAttempt {
  readonly sasl: SASLOptions;
  /** Whether it came so far that credentials were asked for or sent. */
  readonly hasBegun: boolean;
  /** For how long the broker takes requests after it, in milliseconds; undefined: for ever. */
  readonly sessionMs: number | undefined;
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

  attempt(): LoginAttempt {
    const attempt = { hasBegun: false, sessionMs: undefined as number | undefined };
    const sasl: SASLOptions = {
      mechanism: this.mechanism,
      authenticate: (_mechanism, connection, exchange, _user, _password, _token, callback) => {
        attempt.hasBegun = true;
        this.#authenticate(connection, exchange).then(
          (answer) => {
            attempt.sessionMs = Number(answer.sessionLifetimeMs) || undefined;
            // Another login on a connection in use would have to hold back its requests: a new connection is simpler.
            callback(null, { ...answer, sessionLifetimeMs: 0n });
          },
          (error) => callback(error),
        );
      },
    };
    return Object.assign(attempt, { sasl });
  }
}

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
