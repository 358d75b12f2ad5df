/** What of a request's and an answer's headers goes on. https://www.rfc-editor.org/rfc/rfc9110#section-7.6 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';

/** Said of one connection, and not of what goes over it. */
const hopByHop = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te transfer-encoding upgrade'.split(
    ' ',
  ),
);

/** As they came, with who asked and where added to what proxies before us have said. */
export function requestHeaders({ headers, ip, protocol, host }: FastifyRequest): OutgoingHttpHeaders {
  // `Expect` is answered here, and `Host` is that of the server asked.
  const { expect: _expect, host: _host, ...passed } = endToEnd(headers);
  const client = headers['x-forwarded-for'];
  return {
    ...passed,
    'x-forwarded-for': client === undefined ? ip : `${client}, ${ip}`,
    'x-forwarded-proto': headers['x-forwarded-proto'] ?? protocol,
    'x-forwarded-host': headers['x-forwarded-host'] ?? host,
  };
}

/** Without those of the connection itself, which can name others as its own. */
export function endToEnd(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = headers.connection?.toLowerCase().split(/[\s,]+/) ?? [];
  const passed: OutgoingHttpHeaders = {};
  for (const name in headers) if (!hopByHop.has(name) && !named.includes(name)) passed[name] = headers[name];
  return passed;
}
