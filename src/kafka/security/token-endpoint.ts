/** Access tokens by the client credentials grant: https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
import { MillraceError } from '../../errors.ts';
import { invalidProperty } from '../properties.ts';

export interface OAuthClient {
  readonly id: string;
  readonly secret: string;
  readonly scope: string | undefined;
}

/** Of a token's life, after which a new one is fetched: Java's `sasl.login.refresh.window.factor`. */
const usedLife = 0.8;
const timeoutMs = 10_000;

export class TokenEndpoint {
  readonly #url: URL;
  readonly #client: OAuthClient;
  #current: { readonly token: Promise<string>; untilMs: number } | undefined;

  /** @throws MillraceError for an address that is not of HTTP: a file's content must not be sent to a stranger's broker. */
  constructor(url: string, client: OAuthClient) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw invalidProperty('sasl.oauthbearer.token.endpoint.url', url, 'an https or http address');
    }
    this.#url = new URL(url);
    this.#client = client;
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
    const { id, secret, scope } = this.#client;
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) });
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const headers = { accept: 'application/json', authorization };
    let status: number;
    let text: string;
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(this.#url, { method: 'POST', headers, body, signal, redirect: 'error' });
      status = response.status;
      text = await response.text();
    } catch (error) {
      const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw this.#failure(`does not answer: ${reason}`, error);
    }
    const answer = parseObject(text);
    if (status !== 200) {
      const why = [answer.error, answer.error_description].filter((part) => typeof part === 'string').join(': ');
      throw this.#failure(`answers ${status}${why && `: ${why}`}`);
    }
    const token = answer.access_token ?? answer.id_token;
    if (typeof token !== 'string' || token === '') throw this.#failure('answers without an access_token');
    return { token, lifetimeMs: lifetimeMs(token, answer.expires_in) };
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
