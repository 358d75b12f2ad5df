/** One query over HTTP, timed. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { BenchQuery } from './queries.ts';

/** Kept-alive connections, as many as ask at once, and no more client than needed, as it shares the two cores with the server. */
const agent = new Agent({ keepAlive: true });

/** Until the answer is whole; how many rows it has. */
export async function ask(query: BenchQuery, url: string): Promise<{ ms: number; rows: number }> {
  const body = JSON.stringify(query.native);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const start = performance.now();
  const sent = request(`${url}/druid/v2`, { method: 'POST', agent, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  const ms = performance.now() - start;
  if (response.statusCode !== 200) throw new Error(`${query.name}: status ${response.statusCode}: ${text}`);
  return { ms, rows: query.rows(JSON.parse(text) as unknown[]) };
}
