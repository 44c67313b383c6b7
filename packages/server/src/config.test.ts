import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError, readSettings, settingsHelp } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-config-'));
symlinkSync(folder, `${folder}-link`);
afterAll(() => {
  rmSync(`${folder}-link`);
  rmSync(folder, { recursive: true });
});

describe('the settings', () => {
  test('are all optional', () => {
    expect(readSettings({}, true)).toEqual({
      dataFolder: '/var/lib/symbolon',
      keysFolder: '/var/lib/symbolon-keys',
      keysPostgres: undefined,
      keyCacheMs: 300_000,
      listen: { host: 'localhost', port: 8443 },
      publicUrl: 'https://localhost:8443',
      trustedProxies: [],
      corsOrigins: [],
      tls: undefined,
      databaseUrl: undefined,
      imageBlobs: { kind: 'file', folder: '/var/lib/symbolon/images' },
      identityBlobs: { kind: 'file', folder: '/var/lib/symbolon/identity' },
      reserve: { bytes: 2 * 1024 ** 3, share: 0.02 },
      scrub: { everyDays: 30, bytesPerSecond: 50 * 1024 ** 2 },
      compaction: { byItself: false, bytesPerSecond: 50 * 1024 ** 2, compression: false },
    });
    expect(readSettings({}, false).dataFolder).toBe(join(process.cwd(), 'data'));
    expect(readSettings({ SYMBOLON_DATA: '  ', DATABASE_URL: '' }, true)).toEqual(readSettings({}, true));
  });

  test.each([
    ['keys inside the data', { SYMBOLON_DATA: '/d', SYMBOLON_KEYS: '/d/keys' }],
    ['keys that are the data', { SYMBOLON_DATA: '/d', SYMBOLON_KEYS: '/d/.' }],
    ['keys inside the data by way of ..', { SYMBOLON_DATA: '/d', SYMBOLON_KEYS: '/x/../d/keys' }],
    ['keys inside the data by way of a link', { SYMBOLON_DATA: folder, SYMBOLON_KEYS: `${folder}-link/keys` }],
    ['keys inside the image store', { SYMBOLON_BLOBS: 'file:/b', SYMBOLON_KEYS: '/b/keys' }],
    ['keys inside the identity store', { SYMBOLON_IDENTITY_BLOBS: 'file:/b', SYMBOLON_KEYS: '/b/keys' }],
    [
      'keys in the database of the data',
      { DATABASE_URL: 'postgresql://a@h/d', SYMBOLON_KEYS: 'postgresql://b@h:5432/e' },
    ],
    ['a keyring beside a folder of keys', { SYMBOLON_KEYRING: '/k' }],
    ['a keyring inside the data', { SYMBOLON_DATA: '/d', SYMBOLON_KEYS: 'postgresql://h/k', SYMBOLON_KEYRING: '/d/k' }],
    ['keys in memory for an hour', { SYMBOLON_KEY_CACHE_SECONDS: '3600' }],
    ['a proxy by its name', { SYMBOLON_TRUSTED_PROXIES: 'proxy.example.org' }],
    ['a network of proxies with bits behind its length', { SYMBOLON_TRUSTED_PROXIES: '10.0.0.1, 10.0.0.7/8' }],
    ['pages of every origin', { SYMBOLON_CORS_ORIGINS: '*' }],
    ['an origin with a path', { SYMBOLON_CORS_ORIGINS: 'https://viewer.example.org/' }],
    ['an origin in clear', { SYMBOLON_CORS_ORIGINS: 'https://a.example.org, http://b.example.org' }],
    ['an origin of no host', { SYMBOLON_CORS_ORIGINS: 'null' }],
    ['both halves in one place', { SYMBOLON_BLOBS: 'file:/b', SYMBOLON_IDENTITY_BLOBS: 'file:/b' }],
    ['image halves inside identity halves', { SYMBOLON_BLOBS: 'file:/b/i', SYMBOLON_IDENTITY_BLOBS: 'file:///b' }],
    ['identity halves inside image halves', { SYMBOLON_BLOBS: 'file:/b', SYMBOLON_IDENTITY_BLOBS: 'file:/b/i' }],
    ['a store of an unknown kind', { SYMBOLON_BLOBS: 'ftp://host/bucket' }],
    ['a store without a host', { SYMBOLON_BLOBS: 's3://bucket' }],
    ['a store without a bucket', { SYMBOLON_BLOBS: 's3:https://h/' }],
    ['a store over the network without TLS', { SYMBOLON_BLOBS: 's3:http://h/bucket' }],
    ['a store with its key in the address', { SYMBOLON_BLOBS: 's3:https://id:secret@h/bucket' }],
    ['a store with an option that is none', { SYMBOLON_BLOBS: 's3:https://h/bucket?key=secret' }],
    [
      'both halves in one bucket',
      { SYMBOLON_BLOBS: 's3:https://h/bucket', SYMBOLON_IDENTITY_BLOBS: 's3:https://h:443/bucket/' },
    ],
    [
      'one half within the other in a bucket',
      { SYMBOLON_BLOBS: 's3:https://h/bucket/a', SYMBOLON_IDENTITY_BLOBS: 's3:https://H/bucket/a/b' },
    ],
    ['backups inside the data', { SYMBOLON_DATA: '/d', SYMBOLON_BACKUPS: 'file:/d/backups' }],
    ['the data inside the backups', { SYMBOLON_DATA: '/d/data', SYMBOLON_BACKUPS: 'file:/d' }],
    ['backups inside the image store', { SYMBOLON_BLOBS: 'file:/b', SYMBOLON_BACKUPS: 'file:/b/backups' }],
    ['backups in the bucket of the images', { SYMBOLON_BLOBS: 's3:https://h/b/a', SYMBOLON_BACKUPS: 's3:https://h/b' }],
    ['backups beside the keys', { SYMBOLON_KEYS: '/k', SYMBOLON_BACKUPS: 'file:/k/backups' }],
    ['a certificate without its key', { SYMBOLON_TLS_CERT: '/c.pem' }],
    ['a key without its certificate', { SYMBOLON_TLS_KEY: '/k.pem' }],
    ['an address without a port', { SYMBOLON_LISTEN: 'localhost' }],
    ['a port above 65535', { SYMBOLON_LISTEN: 'localhost:65536' }],
    ['a reserve without a unit', { SYMBOLON_DISK_RESERVE: '10' }],
    ['a scrub without days', { SYMBOLON_SCRUB: 'often' }],
    ['a scrub every 0 days', { SYMBOLON_SCRUB: '0d at 50MiB' }],
    ['a compaction without a unit', { SYMBOLON_COMPACTION: '50' }],
    ['a compression that is neither on nor off', { SYMBOLON_COMPRESSION: 'yes' }],
    ['a compaction that reads nothing', { SYMBOLON_COMPACTION: '0MiB' }],
    ['an IPv6 address without brackets', { SYMBOLON_LISTEN: '::1:8443' }],
  ])('refuse %s', (_, env) => {
    expect(() => readSettings(env, true)).toThrow(ConfigError);
  });

  test('take a PostgreSQL for the keys, on another server than the data’s', () => {
    const keys = 'postgresql://symbolon@keys.example.org/keys';
    const env = { DATABASE_URL: 'postgresql://symbolon@data.example.org/keys', SYMBOLON_KEYS: keys };
    expect(readSettings(env, true)).toMatchObject({ keysPostgres: keys, keysFolder: '/var/lib/symbolon-keys' });
    expect(readSettings({ ...env, SYMBOLON_KEYRING: '/ring' }, true).keysFolder).toBe('/ring');
  });

  test.each([
    ['https://h:8443/bucket', { endpoint: 'https://h:8443', prefix: '', region: 'us-east-1', pathStyle: true }],
    ['https://h/bucket/a/b/?region=de-1&path-style=false', { prefix: 'a/b/', region: 'de-1', pathStyle: false }],
    ['https://s3.eu-central-1.amazonaws.com/bucket', { region: 'eu-central-1', pathStyle: false }],
    ['http://127.0.0.1:8080/bucket', { endpoint: 'http://127.0.0.1:8080' }],
    ['http://[::1]:8080/bucket', { endpoint: 'http://[::1]:8080' }],
  ])('take the store s3:%s', (address, place) => {
    const env = { SYMBOLON_BLOBS: `s3:${address}`, SYMBOLON_IDENTITY_BLOBS: 's3:https://h/bucket-2' };
    expect(readSettings(env, true).imageBlobs).toMatchObject({ kind: 's3', bucket: 'bucket', ...place });
  });

  test('never quote a password that stands in an address', () => {
    for (const address of ['s3:https://id:secret@h/bucket', 'https://id:secret@h/bucket', 's3://id:secret@h/bucket'])
      expect(() => readSettings({ SYMBOLON_BLOBS: address }, true)).toThrow(/^(?!.*secret)SYMBOLON_BLOBS must/);
  });

  test('take origins as browsers write them', () => {
    const env = {
      SYMBOLON_CORS_ORIGINS: 'https://viewer.example.org, https://b.example.org:8443,http://localhost:3000',
    };
    expect(readSettings(env, true).corsOrigins).toEqual(env.SYMBOLON_CORS_ORIGINS.split(/, ?/));
    expect(readSettings({ SYMBOLON_CORS_ORIGINS: 'HTTPS://Viewer.Example.org' }, true).corsOrigins).toEqual([
      'https://viewer.example.org',
    ]);
  });

  test('take folders whose names merely begin alike', () => {
    const env = {
      SYMBOLON_DATA: '/d',
      SYMBOLON_KEYS: '/d-keys',
      SYMBOLON_BLOBS: 'file:/b',
      SYMBOLON_IDENTITY_BLOBS: 'file:/b2',
    };
    expect(readSettings(env, true)).toMatchObject({
      keysFolder: '/d-keys',
      imageBlobs: { folder: '/b' },
      identityBlobs: { folder: '/b2' },
    });
  });

  test.each([
    ['0.0.0.0:443', { host: '0.0.0.0', port: 443 }, 'https://localhost:443'],
    ['[::1]:8443', { host: '::1', port: 8443 }, 'https://localhost:8443'],
    ['images.example.org:443', { host: 'images.example.org', port: 443 }, 'https://images.example.org:443'],
  ])('read the address %s, and guess the public one from it', (text, listen, publicUrl) => {
    expect(readSettings({ SYMBOLON_LISTEN: text }, true)).toMatchObject({ listen, publicUrl });
  });

  test('keep the public address without a slash at its end', () => {
    expect(readSettings({ SYMBOLON_PUBLIC_URL: 'https://x.example//' }, true).publicUrl).toBe('https://x.example');
  });

  test('that are read are the ones that the help names', () => {
    const asked = new Set<string>();
    readSettings(new Proxy({}, { get: (_, name) => void asked.add(String(name)) }), true);
    const named = [...settingsHelp.matchAll(/^ {2}([A-Z][A-Z_]+)/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual([...asked].toSorted());
  });
});
