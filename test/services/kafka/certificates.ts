/** An authority and the certificates that it has signed, made by `openssl` in a folder; all passwords are `changeit`. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificates {
  /** The authority's certificate. */
  readonly ca: string;
  /** Certificate and key of `localhost`, and of nobody else, in one PEM file. */
  readonly broker: string;
  readonly client: ClientFiles;
}

/** The files of a client that the authority knows. */
export interface ClientFiles {
  readonly certificate: string;
  readonly key: string;
  /** Both, the key encrypted. */
  readonly encrypted: string;
  readonly pkcs12: string;
}

export const password = 'changeit';

export function makeCertificates(folder: string): Certificates {
  const file = (name: string) => join(folder, name);
  const openssl = (...options: readonly string[]) => execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test Authority');
  const sign = (name: string, subject: string, ...extension: readonly string[]) => {
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key'];
    openssl(
      'req',
      '-x509',
      ...newKey,
      ...by,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      subject,
      ...extension,
    );
  };
  sign('broker', '/CN=broker', '-addext', 'subjectAltName=DNS:localhost');
  sign('client', '/CN=client');
  openssl('pkcs8', '-topk8', '-in', 'client.key', '-out', 'client.encrypted.key', '-passout', `pass:${password}`);
  const pkcs12 = ['pkcs12', '-export', '-passout', `pass:${password}`];
  openssl(...pkcs12, '-in', 'client.crt', '-inkey', 'client.key', '-certfile', 'ca.pem', '-out', 'client.p12');
  const bundle = (target: string, ...parts: readonly string[]) => {
    writeFileSync(file(target), parts.map((part) => readFileSync(file(part), 'utf8')).join(''));
    return file(target);
  };
  return {
    ca: file('ca.pem'),
    broker: bundle('broker.pem', 'broker.key', 'broker.crt'),
    client: {
      certificate: file('client.crt'),
      key: file('client.key'),
      encrypted: bundle('client.pem', 'client.encrypted.key', 'client.crt'),
      pkcs12: file('client.p12'),
    },
  };
}
