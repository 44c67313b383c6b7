import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { peerTest } from '../peers/require-peer.ts';
import { owner } from './owner.ts';
import { statusOf } from './ready.ts';
import { cli, cliPath } from './run-cli.ts';
import { startExchange } from './start-exchange.ts';

/** Stands in for an exchange: the same command line, folders and address, and nothing behind them. */
const standIn = `
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
const { SYMBOLON_DATA: data, SYMBOLON_LISTEN: listen } = process.env;
const [command, ...args] = process.argv.slice(2);
if (command === 'setup') {
  if (!existsSync(data)) { console.error('no data folder'); process.exit(1); }
  writeFileSync(args[args.indexOf('--token-out') + 1], 'token of ' + args[args.indexOf('--account') + 1] + '\\n');
} else if (process.env.REFUSE) {
  console.error('refused to start'); process.exit(4);
} else {
  const [key, cert] = [data + '/tls/key.pem', data + '/tls/certificate.pem'];
  mkdirSync(data + '/tls', { recursive: true });
  if (!existsSync(cert)) execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert,
    '-days', '2', '-subj', '/CN=x', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'], { stdio: 'ignore' });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, answer) => answer.end('ready'));
  server.listen(Number(listen.split(':')[1]), '127.0.0.1', () => console.log('listening on ' + listen));
  process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });
}
`;

const checkout = mkdtempSync('/tmp/testbed-');
afterAll(() => rmSync(checkout, { recursive: true }));
mkdirSync(dirname(cliPath(checkout)), { recursive: true });
writeFileSync(cliPath(checkout), standIn);
const openssl = { command: 'openssl', package: 'openssl' };

peerTest('an exchange is started, killed, started again, stopped, and leaves nothing', openssl, async () => {
  const exchange = await startExchange({ checkout });
  expect(await statusOf(`${exchange.url}/readyz`, exchange.ca)).toBe(200);
  const { token, tokenFile } = await owner(exchange);
  expect(token).toBe('token of Klinikum Musterstadt');
  await exchange.kill9();
  expect(exchange.process.signalCode).toBe('SIGKILL');
  await exchange.restart();
  expect(await statusOf(`${exchange.url}/readyz`, exchange.ca)).toBe(200);
  expect(await exchange.stop()).toBe(0);
  expect(exchange.output().match(/listening on/g)).toHaveLength(2);
  expect(exchange.output()).toContain('bye');
  await exchange.dispose();
  expect(existsSync(join(exchange.dataDir, '..'))).toBe(false);
  expect(existsSync(tokenFile)).toBe(false);
});

peerTest('an exchange that ends before it is ready is reported with what it said', openssl, async () => {
  await expect(startExchange({ checkout, env: { REFUSE: '1' } })).rejects.toThrow(/ended with 4.*\n.*refused to start/);
});

peerTest('settings of the developer do not reach a program under test', openssl, async () => {
  process.env.SYMBOLON_DATA = checkout;
  try {
    const result = await cli(['setup', '--account', 'x', '--token-out', join(checkout, 'token')], { checkout });
    expect(result).toMatchObject({ code: 1, stdout: '' });
  } finally {
    delete process.env.SYMBOLON_DATA;
  }
});
