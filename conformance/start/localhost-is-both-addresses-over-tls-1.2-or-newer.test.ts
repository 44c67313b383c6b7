import { X509Certificate } from 'node:crypto';
import { connect, type SecureVersion } from 'node:tls';
import { type Exchange, freePort, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../laws/ask.ts';

let exchange: Exchange;
let port: number;
beforeAll(async () => {
  port = await freePort();
  exchange = await startExchange({ env: { SYMBOLON_LISTEN: `localhost:${port}` } });
});
afterAll(() => exchange?.dispose());

const hosts = ['127.0.0.1', '::1', 'localhost'] as const;

/** The version agreed on, or the code of the error that ended it. */
function handshake(host: string, version: SecureVersion): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      ca: exchange.ca,
      minVersion: version,
      maxVersion: version,
      // OpenSSL refuses to offer what is older than 1.2 by itself: here it is the exchange that must refuse.
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    socket.once('secureConnect', () => {
      resolve(`${socket.getProtocol()}`);
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

test.each(hosts)('it serves at %s, with a certificate that names it', async (host) => {
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  expect((await ask({ url, ca: exchange.ca }, '/healthz')).status).toBe(200);
  const certificate = new X509Certificate(exchange.ca);
  expect(host === 'localhost' ? certificate.checkHost(host) : certificate.checkIP(host)).toBe(host);
});

test.each(hosts)('at %s TLS 1.2 and 1.3 are spoken; 1.1 and 1.0 are refused', async (host) => {
  expect(await handshake(host, 'TLSv1.3')).toBe('TLSv1.3');
  expect(await handshake(host, 'TLSv1.2')).toBe('TLSv1.2');
  expect(await handshake(host, 'TLSv1.1')).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  expect(await handshake(host, 'TLSv1')).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
});

test.each(hosts)('at %s what is not HTTP is told so, and is in no log', async (host) => {
  const before = exchange.output();
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect({ host, port, ca: exchange.ca }, () => socket.write('Authorization: DOE^JANE\r\n\r\n'));
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    socket.once('end', () => resolve(heard)).once('error', reject);
  });
  expect(answer).toBe('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  expect(exchange.output()).toBe(before);
});

test('the second address stops with the first', async () => {
  expect(await exchange.stop()).toBe(0);
  for (const host of hosts) expect(await handshake(host, 'TLSv1.3')).toBe('ECONNREFUSED');
});
