/** What a client of Druid asks before it asks for anything else, answered as a router does. */
import type { IncomingMessage, ServerResponse } from 'node:http';

const answers: Readonly<Record<string, string>> = {
  '/status/health': 'true',
  '/druid/v2/datasources': '[]',
  '/druid/router/v1/brokers': '{}',
  '/druid/indexer/v1/isLeader': '{"leader":true}',
  '/druid/coordinator/v1/isLeader': '{"leader":true}',
};

/** False for all other requests, which it leaves alone. */
export function answerProbe({ url = '' }: IncomingMessage, response: ServerResponse): boolean {
  const answer = answers[url];
  if (answer === undefined) return false;
  response.setHeader('content-type', 'application/json').end(answer);
  return true;
}
