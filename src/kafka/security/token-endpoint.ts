/** Access tokens by the client credentials grant: https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
import type { ConnectionOptions } from 'node:tls';
import { MillraceError } from '../../errors.ts';
import { invalidProperty, type KafkaProperties } from '../properties.ts';
import { postForm } from './post-form.ts';
import { tlsOptions } from './tls.ts';

export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
  readonly scope: string | undefined;
  /** Whether id and secret are sent as a form's fields are, as the RFC has it and not all endpoints do. */
  readonly encoded: boolean;
}

/** Of a token's life, after which a new one is fetched: Java's `sasl.login.refresh.window.factor`. */
const usedLife = 0.8;

export class TokenEndpoint {
  readonly #url: URL;
  readonly #client: OAuthClient;
  readonly #tls: ConnectionOptions | undefined;
  #current: { readonly token: Promise<string>; untilMs: number } | undefined;

  /**
   * @param ssl `ssl.*` of the endpoint, which are others than the brokers'
   * @throws MillraceError for an address that is not of HTTP (a file's content must not be sent to a stranger's broker), and for
   * stores that cannot be used.
   */
  constructor(url: string, client: OAuthClient, ssl: KafkaProperties) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw invalidProperty('sasl.oauthbearer.token.endpoint.url', url, 'an https or http address');
    }
    this.#url = new URL(url);
    this.#client = client;
    this.#tls = this.#url.protocol === 'https:' ? tlsOptions(ssl) : undefined;
  }

  /**
   * A token with some of its life left.
   * @throws MillraceError `unavailable` when the endpoint gives none.
   */
  token(): Promise<string> {
    if (this.#current !== undefined && Date.now() < this.#current.untilMs) return this.#current.token;
    const fetching = this.#fetch();
    const current = { token: fetching.then(({ token }) => token), untilMs: Number.POSITIVE_INFINITY };
    this.#current = current;
    fetching.then(
      ({ lifetimeMs }) => {
        current.untilMs = Date.now() + lifetimeMs * usedLife;
      },
      () => this.forget(),
    );
    return current.token;
  }

  /** The next login fetches another one. */
  forget(): void {
    this.#current = undefined;
  }

  async #fetch(): Promise<{ token: string; lifetimeMs: number }> {
    const { id, secret, scope, encoded } = this.#client;
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) });
    const part = encoded ? encodeURIComponent : String;
    const authorization = `Basic ${Buffer.from(`${part(id)}:${part(secret)}`).toString('base64')}`;
    const { status, text } = await postForm(this.#url, form, { authorization, tls: this.#tls }).catch((error) =>
      this.#fail(error),
    );
    const answer = parseObject(text);
    if (status !== 200) {
      const why = [answer.error, answer.error_description].filter((part) => typeof part === 'string').join(': ');
      throw this.#failure(`answers ${status}${why && `: ${why}`}`);
    }
    const token = answer.access_token ?? answer.id_token;
    if (typeof token !== 'string' || token === '') throw this.#failure('answers without an access_token');
    return { token, lifetimeMs: lifetimeMs(token, answer.expires_in) };
  }

  #fail(error: unknown): never {
    const reason = error instanceof Error ? error.message : String(error);
    const advice =
      this.#tls === undefined ? '' : ' (whom to trust there, ssl.truststore.location in sasl.jaas.config says)';
    throw this.#failure(`does not answer: ${reason}${advice}`, error);
  }

  #failure(what: string, cause?: unknown): MillraceError {
    return new MillraceError('unavailable', `the token endpoint ${this.#url.origin} ${what}`, { cause });
  }
}

/** By the token's own claim, else by what the endpoint says; 0 when neither tells. */
function lifetimeMs(token: string, expiresIn: unknown): number {
  const { exp } = parseObject(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  if (typeof exp === 'number') return exp * 1000 - Date.now();
  return 1000 * (Number(expiresIn) || 0);
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
