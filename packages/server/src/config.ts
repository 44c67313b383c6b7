import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

export type Settings = {
  readonly dataFolder: string;
  readonly keysFolder: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly publicUrl: string;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
  readonly databaseUrl: string | undefined;
  readonly imageBlobsFolder: string;
  readonly identityBlobsFolder: string;
};

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Setting = { readonly name: string; readonly standard: string; readonly means: string };

/** Every setting, in the order of the help and the README. All are optional. */
const settingsTable: readonly Setting[] = [
  {
    name: 'SYMBOLON_DATA',
    standard: './data; /var/lib/symbolon as root',
    means: 'folder of the embedded database, both halves and the TLS certificate',
  },
  {
    name: 'SYMBOLON_KEYS',
    standard: './keys; /var/lib/symbolon-keys as root',
    means: 'folder of the keys; never inside the data folder',
  },
  {
    name: 'SYMBOLON_LISTEN',
    standard: 'localhost:8443',
    means: 'host:port to serve HTTPS on; localhost is 127.0.0.1 and ::1',
  },
  {
    name: 'SYMBOLON_PUBLIC_URL',
    standard: 'https://localhost:8443',
    means: 'the address that people use, as printed and as written in receipts',
  },
  { name: 'SYMBOLON_TLS_CERT', standard: 'made at the first start', means: 'file of a TLS certificate chain, PEM' },
  { name: 'SYMBOLON_TLS_KEY', standard: 'made at the first start', means: 'file of its private key, PEM' },
  {
    name: 'DATABASE_URL',
    standard: 'an embedded PostgreSQL',
    means: 'a PostgreSQL 15 or newer of your own, postgresql://user:password@host/database',
  },
  { name: 'SYMBOLON_BLOBS', standard: 'file: <data>/images', means: 'where image halves are kept, file:/path' },
  {
    name: 'SYMBOLON_IDENTITY_BLOBS',
    standard: 'file: <data>/identity',
    means: 'where large identity halves are kept, file:/path; never the same as SYMBOLON_BLOBS',
  },
];

export const settingsHelp: string = [
  'Settings are environment variables, all optional:',
  ...settingsTable.map((s) => `  ${s.name.padEnd(24)} ${s.means}\n  ${''.padEnd(24)} default: ${s.standard}`),
].join('\n');

function listenAddress(text: string): { host: string; port: number } {
  const found = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text.trim());
  const port = Number(found?.[3]);
  if (found === null || port > 65535) {
    throw new ConfigError(
      `SYMBOLON_LISTEN must be host:port (IPv6 in brackets), such as localhost:8443; it is "${text}".`,
    );
  }
  return { host: (found[1] ?? found[2]) as string, port };
}

function blobFolder(name: string, value: string | undefined, standard: string): string {
  if (value === undefined || value === '') return standard;
  if (!value.startsWith('file:'))
    throw new ConfigError(`${name} must begin with file: in this version; it is "${value}".`);
  return resolve(value.slice('file:'.length).replace(/^\/\/(?=\/)/, ''));
}

/** Where a folder really lies, links followed; the part that is not there yet stays as it is. */
function place(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : join(place(above), basename(folder));
  }
}

function inside(inner: string, outer: string): boolean {
  const [real, around] = [place(inner), place(outer)];
  return real === around || real.startsWith(`${around}/`);
}

/** Reads the settings from the environment, and refuses what would break a law: keys or halves in one another's place. */
export function readSettings(env: Readonly<Record<string, string | undefined>>, asRoot: boolean): Settings {
  const set = (name: string): string | undefined => env[name]?.trim() || undefined;
  const dataFolder = resolve(set('SYMBOLON_DATA') ?? (asRoot ? '/var/lib/symbolon' : './data'));
  const keysFolder = resolve(set('SYMBOLON_KEYS') ?? (asRoot ? '/var/lib/symbolon-keys' : './keys'));
  const imageBlobsFolder = blobFolder('SYMBOLON_BLOBS', set('SYMBOLON_BLOBS'), `${dataFolder}/images`);
  const identityBlobsFolder = blobFolder(
    'SYMBOLON_IDENTITY_BLOBS',
    set('SYMBOLON_IDENTITY_BLOBS'),
    `${dataFolder}/identity`,
  );
  for (const [name, folder] of [
    ['SYMBOLON_DATA', dataFolder],
    ['SYMBOLON_BLOBS', imageBlobsFolder],
    ['SYMBOLON_IDENTITY_BLOBS', identityBlobsFolder],
  ] as const) {
    if (inside(keysFolder, folder)) {
      throw new ConfigError(`SYMBOLON_KEYS must not lie inside ${name}: a copy of the data would carry its own keys.`);
    }
  }
  if (inside(imageBlobsFolder, identityBlobsFolder) || inside(identityBlobsFolder, imageBlobsFolder)) {
    throw new ConfigError(
      'SYMBOLON_BLOBS and SYMBOLON_IDENTITY_BLOBS must be two places: the halves of an image never lie together.',
    );
  }
  const certificateFile = set('SYMBOLON_TLS_CERT');
  const keyFile = set('SYMBOLON_TLS_KEY');
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw new ConfigError('SYMBOLON_TLS_CERT and SYMBOLON_TLS_KEY go together: set both or neither.');
  }
  const listen = listenAddress(set('SYMBOLON_LISTEN') ?? 'localhost:8443');
  const host = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(listen.host) ? 'localhost' : listen.host;
  return {
    dataFolder,
    keysFolder,
    listen,
    publicUrl: (set('SYMBOLON_PUBLIC_URL') ?? `https://${host}:${listen.port}`).replace(/\/+$/, ''),
    tls: certificateFile && keyFile ? { certificateFile, keyFile } : undefined,
    databaseUrl: set('DATABASE_URL'),
    imageBlobsFolder,
    identityBlobsFolder,
  };
}
