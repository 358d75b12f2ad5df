/** Who asks: what goes with a request, and what its answer says of it. */
import type { IncomingHttpHeaders } from 'node:http';
import { MillraceError } from '../errors.ts';
import { Refusals } from '../kafka/security/refusals.ts';

export interface Login {
  /** Rejects with a MillraceError: `unauthorized` while what the server refused is not tried again, or when there are no credentials. */
  attempt(server: URL): Promise<Attempt>;
}

export type LoginHeaders = Readonly<Partial<Record<'authorization' | 'cookie', string>>>;

/** The login of one request. */
export interface Attempt {
  readonly headers: LoginHeaders;
  /** To be told the head of the answer. Rejects with `unauthorized` when the login was refused, or the server is not who it should be. */
  answered(status: number, headers: IncomingHttpHeaders): Promise<Judgement>;
}

export interface Judgement {
  /** Those of the answer, without what is between the server and us. */
  readonly headers: IncomingHttpHeaders;
  /** The login had been good before: another attempt has a new one. */
  readonly isStale: boolean;
}

/** Whoever asks us may log in himself; what the server answers goes through. */
export const noLogin: Login = {
  attempt: async () => ({ headers: {}, answered: async (_status, headers) => ({ headers, isStale: false }) }),
};

export interface User {
  readonly name: string;
  readonly password: string;
}

/** https://druid.apache.org/docs/latest/development/extensions-core/druid-basic-security */
export function basicLogin({ name, password }: User): Login {
  const headers = { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
  const refusals = new Refusals();
  return {
    attempt: async ({ origin }) => {
      refusals.check(origin);
      return {
        headers,
        answered: async (status, answer) => {
          if (status !== 401) {
            refusals.passed(origin);
            return { headers: answer, isStale: false };
          }
          const advice =
            'check druid.escalator.internalClientUsername and druid.escalator.internalClientPassword, or the user and password in --druid';
          const error = new MillraceError(
            'unauthorized',
            `Druid at ${origin} refuses the user '${name}' (401); ${advice}`,
          );
          refusals.refused(origin, error);
          throw error;
        },
      };
    },
  };
}
