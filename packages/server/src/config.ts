import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { addressRange } from '@symbolon/contract';
import { type MailSettings, readMailSettings } from './mail/index.ts';
import { type BlobPlace, readBlobPlace, s3PlacesOverlap } from './platform/blobs/blob-place.ts';
import { type Reserve, readReserve, standardReserve } from './storage/index.ts';

export type Settings = {
  readonly dataFolder: string;
  readonly keysFolder: string;
  /** The key store's PostgreSQL, where it is not in the folder. */
  readonly keysPostgres: string | undefined;
  /** How long unwrapped keys stay in memory. */
  readonly keyCacheMs: number;
  readonly listen: { readonly host: string; readonly port: number };
  readonly publicUrl: string;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
  readonly databaseUrl: string | undefined;
  readonly imageBlobs: BlobPlace;
  readonly identityBlobs: BlobPlace;
  /** How much of each disk stays free of new data. */
  readonly reserve: Reserve;
  readonly scrub: ScrubSchedule;
  readonly compaction: CompactionSchedule;
  /** Where backups go; undefined where none are made. */
  readonly backups: BlobPlace | undefined;
  /** A file of passwords that were leaked, as Have I Been Pwned's downloader writes it. */
  readonly breachedPasswords: string | undefined;
  /** By which server mails go out; undefined where none do. */
  readonly mail: MailSettings | undefined;
  /** Addresses of proxies whose word on where a request comes from is taken; empty: nobody's. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may use the DICOMweb root, with a token. */
  readonly corsOrigins: readonly string[];
};

/** `everyDays`: from the begin of one round to the next; undefined: by hand only. */
export type ScrubSchedule = { readonly everyDays: number | undefined; readonly bytesPerSecond: number };

/** `byItself`: by the clock; otherwise by hand only. `compression`: of what is written anew, and of what stands alone. */
export type CompactionSchedule = {
  readonly byItself: boolean;
  readonly bytesPerSecond: number;
  readonly compression: boolean;
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
    means: 'folder of the keys, or postgresql://… of a server of their own; never inside the data folder',
  },
  {
    name: 'SYMBOLON_KEYRING',
    standard: 'the folder that SYMBOLON_KEYS would be',
    means: 'folder of the key service, where SYMBOLON_KEYS is a PostgreSQL',
  },
  {
    name: 'SYMBOLON_KEY_CACHE_SECONDS',
    standard: '300',
    means: 'how long unwrapped keys stay in memory, and so reads go on without the key service; at most 300',
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
  {
    name: 'SYMBOLON_TRUSTED_PROXIES',
    standard: 'none',
    means:
      'addresses or networks of proxies in front, such as 10.0.0.7,2001:db8::/32: their X-Forwarded-For is believed',
  },
  {
    name: 'SYMBOLON_CORS_ORIGINS',
    standard: 'none',
    means:
      'origins whose pages may use DICOMweb with a token, such as a viewer: https://viewer.example.org, with commas',
  },
  { name: 'SYMBOLON_TLS_CERT', standard: 'made at the first start', means: 'file of a TLS certificate chain, PEM' },
  { name: 'SYMBOLON_TLS_KEY', standard: 'made at the first start', means: 'file of its private key, PEM' },
  {
    name: 'DATABASE_URL',
    standard: 'an embedded PostgreSQL',
    means: 'a PostgreSQL 15 or newer of your own, postgresql://user:password@host/database',
  },
  {
    name: 'SYMBOLON_BLOBS',
    standard: 'file: <data>/images',
    means: 'where image halves are kept: file:/path or s3:https://host/bucket/prefix?region=…&path-style=true',
  },
  {
    name: 'SYMBOLON_IDENTITY_BLOBS',
    standard: 'file: <data>/identity',
    means: 'where large identity halves are kept, in the same forms; never the same as SYMBOLON_BLOBS',
  },
  {
    name: 'SYMBOLON_DISK_RESERVE',
    standard: '2GiB or 2%, whichever is more',
    means: 'how much of each disk stays free: below it new data is refused, such as 10GiB or 5%',
  },
  {
    name: 'SYMBOLON_SCRUB',
    standard: '30d at 50MiB',
    means: 'how often everything that is held is read again and compared, and how much of it a second; or off',
  },
  {
    name: 'SYMBOLON_COMPACTION',
    standard: 'off',
    means: 'how much is read a second where small packs are joined by themselves, such as 50MiB; or off',
  },
  {
    name: 'SYMBOLON_COMPRESSION',
    standard: 'off',
    means: 'whether compaction also compresses pixel data, without loss; on or off',
  },
  {
    name: 'SYMBOLON_BACKUPS',
    standard: 'none: no backups are made',
    means: 'where backups of the data go, in the same forms; never on the disk of the data, nor beside the keys',
  },
  {
    name: 'SYMBOLON_BREACHED_PASSWORDS',
    standard: 'none: common passwords alone are refused',
    means: 'file of leaked passwords that nobody may choose, SHA1:count lines in the order of the hashes',
  },
  {
    name: 'SYMBOLON_SMTP',
    standard: 'none: no mails are sent',
    means: 'server that mails go out by: smtp://user:password@host:port (STARTTLS) or smtps://…; ?tls=off: in clear',
  },
  {
    name: 'SYMBOLON_SMTP_PASSWORD_FILE',
    standard: 'none',
    means: 'file of the password, where it is not in SYMBOLON_SMTP',
  },
  {
    name: 'SYMBOLON_SMTP_CA',
    standard: 'none',
    means: 'file of certificates to trust for the mail server beside the usual ones, PEM',
  },
  {
    name: 'SYMBOLON_MAIL_FROM',
    standard: 'none; goes with SYMBOLON_SMTP',
    means: 'address that mails come from, such as Symbolon <symbolon@example.org>',
  },
];

export const settingsHelp: string = [
  'Settings are environment variables, all optional:',
  ...settingsTable.map((s) => `  ${s.name.padEnd(24)} ${s.means}\n  ${''.padEnd(24)} default: ${s.standard}`),
  '',
  'A store behind s3: takes its credentials from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from',
  'wherever else AWS programs find them; never from the address.',
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

function blobPlace(name: string, value: string | undefined, standardFolder: string): BlobPlace {
  if (value === undefined) return { kind: 'file', folder: standardFolder };
  const read = readBlobPlace(value);
  if ('wrong' in read) throw new ConfigError(`${name} ${read.wrong}`);
  return read;
}

/** Whether two stores lie in one another: then halves that belong apart would lie together. */
function placesOverlap(a: BlobPlace, b: BlobPlace): boolean {
  if (a.kind === 's3') return b.kind === 's3' && s3PlacesOverlap(a, b);
  return b.kind === 'file' && (inside(a.folder, b.folder) || inside(b.folder, a.folder));
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

const isPostgres = (value: string): boolean => /^postgres(?:ql)?:/i.test(value);

function keysPlace(
  keys: string | undefined,
  keyring: string | undefined,
  asRoot: boolean,
): { keysFolder: string; keysPostgres: string | undefined } {
  const standard = asRoot ? '/var/lib/symbolon-keys' : './keys';
  if (keys !== undefined && isPostgres(keys)) return { keysFolder: resolve(keyring ?? standard), keysPostgres: keys };
  if (keyring !== undefined)
    throw new ConfigError('SYMBOLON_KEYRING goes with a SYMBOLON_KEYS that is a PostgreSQL; a folder holds both.');
  return { keysFolder: resolve(keys ?? standard), keysPostgres: undefined };
}

/** The same server by another name slips through here; the exchange asks both who they are once they are open. */
function sameServer(one: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const name = (address: string): string | undefined => {
    const url = URL.parse(address);
    const local = ['localhost', '127.0.0.1', '[::1]', ''];
    return url ? `${local.includes(url.hostname) ? 'localhost' : url.hostname}:${url.port || 5432}` : undefined;
  };
  return one === other || (name(one) !== undefined && name(one) === name(other));
}

function cacheMs(value: string | undefined): number {
  const seconds = Number(value ?? 300);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 300)
    throw new ConfigError(`SYMBOLON_KEY_CACHE_SECONDS must be 1 to 300; it is "${value}".`);
  return seconds * 1000;
}

const mebibyte = 1024 * 1024;

function scrubSchedule(value = '30d at 50MiB'): ScrubSchedule {
  if (value === 'off') return { everyDays: undefined, bytesPerSecond: 50 * mebibyte };
  const [, days, mebibytes] = /^(\d{1,4})d(?: at (\d{1,5})MiB)?$/.exec(value) ?? [];
  if (Number(days) >= 1 && Number(mebibytes ?? 50) >= 1)
    return { everyDays: Number(days), bytesPerSecond: Number(mebibytes ?? 50) * mebibyte };
  throw new ConfigError(
    `SYMBOLON_SCRUB must be days and MiB a second, such as 30d at 50MiB, or off; it is "${value}".`,
  );
}

function compactionSchedule(value = 'off', compress = 'off'): CompactionSchedule {
  if (compress !== 'on' && compress !== 'off')
    throw new ConfigError(`SYMBOLON_COMPRESSION must be on or off; it is "${compress}".`);
  const compression = compress === 'on';
  if (value === 'off') return { byItself: false, bytesPerSecond: 50 * mebibyte, compression };
  const [, mebibytes] = /^(\d{1,5})MiB$/.exec(value) ?? [];
  if (Number(mebibytes) >= 1) return { byItself: true, bytesPerSecond: Number(mebibytes) * mebibyte, compression };
  throw new ConfigError(`SYMBOLON_COMPACTION must be MiB a second, such as 50MiB, or off; it is "${value}".`);
}

/** A backup that goes with what it is a backup of is none; and it never lies beside the keys that open it. */
function backupsPlace(
  value: string | undefined,
  {
    dataFolder,
    keysFolder,
    imageBlobs,
    identityBlobs,
  }: Pick<Settings, 'dataFolder' | 'keysFolder' | 'imageBlobs' | 'identityBlobs'>,
): BlobPlace | undefined {
  if (value === undefined) return undefined;
  const backups = blobPlace('SYMBOLON_BACKUPS', value, '');
  for (const [name, place] of [
    ['SYMBOLON_DATA', { kind: 'file', folder: dataFolder }],
    ['SYMBOLON_KEYS', { kind: 'file', folder: keysFolder }],
    ['SYMBOLON_BLOBS', imageBlobs],
    ['SYMBOLON_IDENTITY_BLOBS', identityBlobs],
  ] as const) {
    if (placesOverlap(backups, place))
      throw new ConfigError(
        `SYMBOLON_BACKUPS must not lie inside ${name}, nor that inside it: a backup would be lost with what it is of.`,
      );
  }
  return backups;
}

function trustedProxies(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const read = addressRange.safeParse(text);
      if (read.success) return read.data;
      throw new ConfigError(
        `SYMBOLON_TRUSTED_PROXIES must be addresses, networks such as 10.0.0.0/24, or ranges, with commas between; "${text}" is none.`,
      );
    });
}

const onThisMachine = ['localhost', '127.0.0.1', '[::1]'];

/** As browsers write them, so that they can be compared as they are. */
function corsOrigins(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const url = URL.parse(text);
      // In clear a page can be changed on its way, and would hand over the token that somebody gives it.
      const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && onThisMachine.includes(url.hostname));
      if (url && safe && url.origin === text.toLowerCase()) return url.origin;
      throw new ConfigError(
        `SYMBOLON_CORS_ORIGINS must be origins, such as https://viewer.example.org, with commas between: no path, no *, and https except on this machine; "${text}" is none.`,
      );
    });
}

/** Reads the settings from the environment, and refuses what would break a law: keys or halves in one another's place. */
export function readSettings(env: Readonly<Record<string, string | undefined>>, asRoot: boolean): Settings {
  const set = (name: string): string | undefined => env[name]?.trim() || undefined;
  const dataFolder = resolve(set('SYMBOLON_DATA') ?? (asRoot ? '/var/lib/symbolon' : './data'));
  const { keysFolder, keysPostgres } = keysPlace(set('SYMBOLON_KEYS'), set('SYMBOLON_KEYRING'), asRoot);
  if (keysPostgres !== undefined && sameServer(keysPostgres, set('DATABASE_URL')))
    throw new ConfigError(
      'SYMBOLON_KEYS must not be on the server of DATABASE_URL: its log and its backups would carry the keys.',
    );
  const imageBlobs = blobPlace('SYMBOLON_BLOBS', set('SYMBOLON_BLOBS'), `${dataFolder}/images`);
  const identityBlobs = blobPlace('SYMBOLON_IDENTITY_BLOBS', set('SYMBOLON_IDENTITY_BLOBS'), `${dataFolder}/identity`);
  for (const [name, place] of [
    ['SYMBOLON_DATA', { kind: 'file', folder: dataFolder }],
    ['SYMBOLON_BLOBS', imageBlobs],
    ['SYMBOLON_IDENTITY_BLOBS', identityBlobs],
  ] as const) {
    if (place.kind === 'file' && inside(keysFolder, place.folder)) {
      throw new ConfigError(`SYMBOLON_KEYS must not lie inside ${name}: a copy of the data would carry its own keys.`);
    }
  }
  if (placesOverlap(imageBlobs, identityBlobs)) {
    throw new ConfigError(
      'SYMBOLON_BLOBS and SYMBOLON_IDENTITY_BLOBS must be two places: the halves of an image never lie together.',
    );
  }
  const backups = backupsPlace(set('SYMBOLON_BACKUPS'), { dataFolder, keysFolder, imageBlobs, identityBlobs });
  const wantedReserve = set('SYMBOLON_DISK_RESERVE');
  const reserve = wantedReserve === undefined ? standardReserve : readReserve(wantedReserve);
  if (reserve === undefined) {
    throw new ConfigError(
      `SYMBOLON_DISK_RESERVE must be a size with its unit or a share, such as 10GiB, 500MiB or 5%; it is "${wantedReserve}".`,
    );
  }
  const mail = readMailSettings(set);
  if (mail !== undefined && 'wrong' in mail) throw new ConfigError(mail.wrong);
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
    keysPostgres,
    keyCacheMs: cacheMs(set('SYMBOLON_KEY_CACHE_SECONDS')),
    listen,
    publicUrl: (set('SYMBOLON_PUBLIC_URL') ?? `https://${host}:${listen.port}`).replace(/\/+$/, ''),
    tls: certificateFile && keyFile ? { certificateFile, keyFile } : undefined,
    databaseUrl: set('DATABASE_URL'),
    imageBlobs,
    identityBlobs,
    reserve,
    scrub: scrubSchedule(set('SYMBOLON_SCRUB')),
    compaction: compactionSchedule(set('SYMBOLON_COMPACTION'), set('SYMBOLON_COMPRESSION')),
    backups,
    breachedPasswords: set('SYMBOLON_BREACHED_PASSWORDS'),
    mail,
    trustedProxies: trustedProxies(set('SYMBOLON_TRUSTED_PROXIES')),
    corsOrigins: corsOrigins(set('SYMBOLON_CORS_ORIGINS')),
  };
}
