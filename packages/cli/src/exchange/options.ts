import type { Exchange } from '@symbolon/client';
import type { Command } from 'commander';
import { dataFolder } from '../config.ts';
import { CliError } from '../errors.ts';
import { nodeTransport } from './node-transport.ts';
import { readToken } from './secret-files.ts';
import { trustingConnector } from './trust.ts';

export type TrustFlags = { readonly ca?: string; readonly fingerprint?: string };

export function withTrustFlags(command: Command): Command {
  return command
    .option('--ca <file>', "also trust the authorities in this PEM file, beside the system's own")
    .option(
      '--fingerprint <hex>',
      'trust exactly the TLS certificate with this SHA-256, and no authority (the exchange prints it when it starts)',
    );
}

export const trustHelp = `
Trust: the system's authorities, --ca, --fingerprint, and by itself the certificate of an exchange on this machine
(in SYMBOLON_DATA). Verification cannot be turned off.`;

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** An address of an exchange. Plain http only to this very machine: anywhere else a token would travel in the clear. */
function readAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new CliError(
      'ADDRESS_WRONG',
      `"${text}" is not the address of an exchange; it looks like https://exchange.example.org`,
    );
  }
  if (url.protocol === 'http:' && !loopback.has(url.hostname)) {
    throw new CliError(
      'ADDRESS_WRONG',
      'the exchange is reached over https:// only: over http:// anyone on the way could read the token and the images',
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new CliError('ADDRESS_WRONG', 'the address must hold neither a user name nor anything behind ? or #');
  }
  return url;
}

/** The exchange that the options of a command name. */
export function anonymousExchange(address: string, flags: TrustFlags, connections = 1): Exchange {
  const url = readAddress(address);
  const connector = trustingConnector({
    caFile: flags.ca,
    fingerprint: flags.fingerprint,
    dataFolder: dataFolder(),
  });
  return { url: url.href.replace(/\/+$/, ''), transport: nodeTransport(connector, connections) };
}

export async function signedInExchange(
  address: string,
  flags: TrustFlags & { readonly tokenFile: string },
  connections: number,
): Promise<Exchange> {
  const exchange = anonymousExchange(address, flags, connections);
  return { ...exchange, token: await readToken(flags.tokenFile) };
}
