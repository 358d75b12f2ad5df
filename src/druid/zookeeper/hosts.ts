/** Why no ZooKeeper answers, host by host: the package that speaks to it keeps it to itself. */
import { connect } from 'node:net';

const timeoutMs = 1_500;
const defaultPort = 2181;

/** `zk1:2181 refuses connections (ECONNREFUSED)`, one for each host of a connect string. */
export function whatAnswers(connectString: string): Promise<string[]> {
  const [hosts = ''] = connectString.split('/', 1);
  return Promise.all(hosts.split(',').map((host) => whatAnswersAt(host.trim())));
}

function whatAnswersAt(address: string): Promise<string> {
  const [host = '', port = defaultPort] = address.split(':');
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host, port: Number(port), timeout: timeoutMs });
  const end = (what: string) => {
    socket.destroy();
    resolve(`${host}:${port} ${what}`);
  };
  socket.on('connect', () => end('takes connections, but begins no session'));
  socket.on('timeout', () => end(`does not answer within ${timeoutMs} ms`));
  socket.on('error', (error) => end(`cannot be connected to: ${error.message}`));
  return promise;
}
