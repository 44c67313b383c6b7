import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, getCACertificates, type PeerCertificate } from 'node:tls';
import { ClientError } from '@symbolon/client';
import type { buildConnector } from 'undici';
import { CliError, systemCode } from '../errors.ts';
import { undici } from './undici.ts';

export type TrustOptions = {
  readonly caFile?: string | undefined;
  /** SHA-256 of the exchange's TLS certificate, hexadecimal, colons allowed. */
  readonly fingerprint?: string | undefined;
  readonly dataFolder: string;
};

type Connector = buildConnector.connector;
type Target = buildConnector.Options;

const connectTimeoutMs = 15_000;

/** Decides which exchange is the right one. There is no way to turn this off. */
export function trustingConnector(options: TrustOptions): Connector {
  if (options.fingerprint !== undefined) return pinnedConnector(readPin(options.fingerprint));
  return undici().buildConnector({ ...common, ca: authorities(options) });
}

const common = { allowH2: false, timeout: connectTimeoutMs, minVersion: 'TLSv1.2' } as const;

function readPin(text: string): string {
  const pin = text.trim().replace(/:/g, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(pin)) return pin;
  throw new CliError(
    'OPTION_WRONG',
    '--fingerprint takes the SHA-256 of a certificate: 64 hexadecimal digits, with or without colons',
  );
}

/** The system's authorities (Node's own list where the system has none), `--ca`, and the exchange on this machine. */
function authorities({ caFile, dataFolder }: TrustOptions): string[] {
  const system = getCACertificates('system');
  const trusted = [...(system.length > 0 ? system : getCACertificates('bundled')), ...getCACertificates('extra')];
  if (caFile !== undefined) trusted.push(readCertificates(caFile));
  const own = join(dataFolder, 'tls', 'certificate.pem');
  // That one alone of the chain in the file: it is this machine's exchange that is trusted, not who signed for it.
  if (existsSync(own)) trusted.push(new X509Certificate(readCertificates(own)).toString());
  return trusted;
}

function readCertificates(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new CliError('FILE_UNREADABLE', `${file} is not a readable certificate in PEM form (${systemCode(error)})`);
  }
}

function fingerprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

function wrongCertificate(found: string): ClientError {
  return new ClientError(
    'EXCHANGE_NOT_TRUSTED',
    `the exchange's certificate is another one than --fingerprint says: its SHA-256 is ${found}`,
  );
}

/**
 * Trusts one certificate and nothing else: every connection is verified against a chain that consists of it alone.
 * What it looks like is learnt once, over a connection on which nothing is sent.
 */
function pinnedConnector(pin: string): Connector {
  let verified: Promise<Connector> | undefined;
  async function learn(target: Target): Promise<Connector> {
    const der = await certificateOf(target);
    if (fingerprintOf(der) !== pin) throw wrongCertificate(fingerprintOf(der));
    const checkServerIdentity = (_: string, certificate: PeerCertificate) => {
      const found = fingerprintOf(certificate.raw);
      return found === pin ? undefined : wrongCertificate(found);
    };
    const ca = new X509Certificate(der).toString();
    return undici().buildConnector({
      ...common,
      ca,
      allowPartialTrustChain: true,
      checkServerIdentity,
    } as buildConnector.BuildOptions);
  }
  return (target, callback) => {
    verified ??= learn(target);
    verified.then(
      (connector) => connector(target, callback),
      (error: Error) => {
        // The next try looks again: the exchange may only have been down.
        verified = undefined;
        callback(error, null);
      },
    );
  };
}

/** The certificate that is shown at an address. Nothing is believed, sent or read here: its digest is compared by the caller. */
function certificateOf({ hostname, port, servername }: Target): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({
      host,
      port: Number(port) || 443,
      servername: servername ?? '',
      rejectUnauthorized: false,
    });
    socket.setTimeout(connectTimeoutMs, () =>
      socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })),
    );
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve(raw);
    });
  });
}
