import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { me } from '@symbolon/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScriptedServer } from '../scripted-server.ts';
import { nodeTransport } from './node-transport.ts';
import { type TrustOptions, trustingConnector } from './trust.ts';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-trust-'));
const at = (name: string) => join(folder, name);

function certificate(name: string, names: string): { cert: string; key: string } {
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    ...subject,
  ];
  execFileSync('openssl', [...args, '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)], { stdio: 'ignore' });
  return { cert: readFileSync(at(`${name}.pem`), 'utf8'), key: readFileSync(at(`${name}.key`), 'utf8') };
}

/** A leaf under an authority, as a hospital has it. */
function leafUnder(authority: string, name: string): { cert: string; key: string } {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(`${name}.key`)];
  execFileSync('openssl', ['req', ...key, '-subj', `/CN=${name}`, '-out', at(`${name}.csr`)], { stdio: 'ignore' });
  writeFileSync(at(`${name}.ext`), 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n');
  const by = [
    '-CA',
    at(`${authority}.pem`),
    '-CAkey',
    at(`${authority}.key`),
    '-CAcreateserial',
    '-extfile',
    at(`${name}.ext`),
  ];
  execFileSync('openssl', ['x509', '-req', '-in', at(`${name}.csr`), ...by, '-days', '2', '-out', at(`${name}.pem`)], {
    stdio: 'ignore',
  });
  return { cert: readFileSync(at(`${name}.pem`), 'utf8'), key: readFileSync(at(`${name}.key`), 'utf8') };
}

const pinOf = (pem: string) => new X509Certificate(pem).fingerprint256;

describe('trust', () => {
  const servers: ScriptedServer[] = [];
  let own: ScriptedServer;
  let leaf: ScriptedServer;
  let elsewhere: ScriptedServer;
  let certificates: Record<'own' | 'leaf' | 'elsewhere', { cert: string; key: string }>;

  beforeAll(async () => {
    certificate('authority', 'DNS:authority');
    certificates = {
      own: certificate('own', 'DNS:localhost,IP:127.0.0.1'),
      leaf: leafUnder('authority', 'leaf'),
      elsewhere: certificate('elsewhere', 'DNS:exchange.example.org'),
    };
    for (const tls of Object.values(certificates)) {
      const server = new ScriptedServer(tls);
      await server.listen();
      servers.push(server);
    }
    [own, leaf, elsewhere] = servers as [ScriptedServer, ScriptedServer, ScriptedServer];
    mkdirSync(at('data/tls'), { recursive: true });
    writeFileSync(at('data/tls/certificate.pem'), certificates.own.cert);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    rmSync(folder, { recursive: true });
  });

  async function reach(server: ScriptedServer, options: Partial<TrustOptions> = {}): Promise<string> {
    const connector = trustingConnector({ dataFolder: at('nowhere'), ...options });
    const transport = nodeTransport(connector, 2);
    try {
      // Twice, so that a second connection goes through what the first has learnt.
      const exchange = { url: `https://127.0.0.1:${server.port}`, token: 'secret', transport };
      const both = await Promise.all([me(exchange), me(exchange)]);
      return both[0].accountName;
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  test('a stranger is not trusted, and hears nothing', async () => {
    const before = own.exchange.asked.length;
    expect(await reach(own)).toBe('EXCHANGE_NOT_TRUSTED');
    expect(own.exchange.asked.length).toBe(before);
  });
  test('the exchange on this machine is, by the certificate in its data folder', async () => {
    expect(await reach(own, { dataFolder: at('data') })).toBe('Clinic');
  });
  test('an authority that is named is', async () => {
    expect(await reach(leaf, { caFile: at('authority.pem') })).toBe('Clinic');
    expect(await reach(own, { caFile: at('authority.pem') })).toBe('EXCHANGE_NOT_TRUSTED');
  });
  test('a right certificate for another name is not', async () => {
    expect(await reach(elsewhere, { caFile: at('elsewhere.pem') })).toBe('EXCHANGE_NOT_TRUSTED');
  });
  test('a pinned certificate is, self-signed or not, colons and case as they come', async () => {
    expect(await reach(own, { fingerprint: pinOf(certificates.own.cert) })).toBe('Clinic');
    expect(await reach(leaf, { fingerprint: pinOf(certificates.leaf.cert).replace(/:/g, '').toLowerCase() })).toBe(
      'Clinic',
    );
    expect(await reach(elsewhere, { fingerprint: pinOf(certificates.elsewhere.cert) })).toBe('Clinic');
  });
  test('with a pin nothing else is, not even what would be trusted without it', async () => {
    const before = own.exchange.asked.length;
    const fingerprint = pinOf(certificates.leaf.cert);
    expect(await reach(own, { fingerprint, dataFolder: at('data') })).toBe('EXCHANGE_NOT_TRUSTED');
    expect(
      await reach(leaf, { fingerprint: pinOf(readFileSync(at('authority.pem'), 'utf8')), caFile: at('authority.pem') }),
    ).toBe('EXCHANGE_NOT_TRUSTED');
    expect(own.exchange.asked.length).toBe(before);
  });
  test('a pin that is none is refused before a connection is made', () => {
    expect(() => trustingConnector({ dataFolder: at('nowhere'), fingerprint: 'abc' })).toThrow(/64/);
  });
});
