import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { cli } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectNobodyIn, freshPlace, type Place } from './run-program.ts';

let place: Place;
beforeAll(async () => {
  place = await freshPlace();
});
afterAll(() => place?.remove());

type Row = readonly [what: string, env: (place: Place) => Record<string, string>, reason: RegExp];

const refused: readonly Row[] = [
  ['keys inside the data', ({ dataDir }) => ({ SYMBOLON_KEYS: join(dataDir, 'keys') }), /SYMBOLON_KEYS must not lie/],
  ['keys in the place of the data', ({ dataDir }) => ({ SYMBOLON_KEYS: dataDir }), /SYMBOLON_KEYS must not lie/],
  [
    'keys inside the data by way of a link',
    ({ root }) => ({ SYMBOLON_DATA: join(root, 'real'), SYMBOLON_KEYS: join(root, 'link/keys') }),
    /SYMBOLON_KEYS must not lie/,
  ],
  [
    'keys among the image halves',
    ({ root }) => ({ SYMBOLON_BLOBS: `file:${root}/b`, SYMBOLON_KEYS: join(root, 'b/keys') }),
    /SYMBOLON_KEYS must not lie/,
  ],
  [
    'both halves in one place',
    ({ root }) => ({ SYMBOLON_BLOBS: `file:${root}/b`, SYMBOLON_IDENTITY_BLOBS: `file:${root}/b/` }),
    /must be two places/,
  ],
  [
    'one half inside the other',
    ({ root }) => ({ SYMBOLON_BLOBS: `file:${root}/b`, SYMBOLON_IDENTITY_BLOBS: `file://${root}/b/c` }),
    /must be two places/,
  ],
  [
    'both halves in one place by way of a link',
    ({ root }) => ({ SYMBOLON_BLOBS: `file:${root}/real/b`, SYMBOLON_IDENTITY_BLOBS: `file:${root}/link/b` }),
    /must be two places/,
  ],
  [
    'a blob store of a kind not known',
    () => ({ SYMBOLON_BLOBS: 'ftp://x/y' }),
    /SYMBOLON_BLOBS must be file:\/path or s3:https:/,
  ],
  [
    'a bucket without TLS',
    () => ({ SYMBOLON_BLOBS: 's3:http://x.example/bucket' }),
    /SYMBOLON_BLOBS must begin with s3:https:/,
  ],
  ['an address without a port', () => ({ SYMBOLON_LISTEN: 'localhost' }), /SYMBOLON_LISTEN must be host:port/],
  ['a port that is none', () => ({ SYMBOLON_LISTEN: 'localhost:65536' }), /SYMBOLON_LISTEN must be host:port/],
  ['words for an address', () => ({ SYMBOLON_LISTEN: 'on my machine' }), /SYMBOLON_LISTEN must be host:port/],
  ['half a TLS identity', ({ root }) => ({ SYMBOLON_TLS_CERT: `${root}/x.pem` }), /set both or neither/],
];

test.each(refused)('%s: refused with a sentence, before anything is made', async (_, env, reason) => {
  await mkdir(join(place.root, 'real'), { recursive: true });
  await symlink('real', join(place.root, 'link')).catch(() => {});
  const result = await cli(['serve'], { env: { ...place.env, ...env(place) }, timeoutMs: 20_000 });
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(reason);
  expect(result.stderr).toMatch(/^\nThe exchange did not start: [A-Z].*\.\n$/);
  expect(result.stdout).toBe('');
  expect(existsSync(place.dataDir)).toBe(false);
  expect(existsSync(place.keysDir)).toBe(false);
});

test('a port that another program has: refused with a sentence, and no PostgreSQL is left', async () => {
  const other = createServer();
  const [, port] = place.listen.split(':');
  await new Promise<void>((done) => other.listen(Number(port), '127.0.0.1', done));
  try {
    const result = await cli(['serve'], { env: place.env });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`Another program listens on ${place.listen}. Stop it, or set SYMBOLON_LISTEN`);
    await expectNobodyIn(place.root);
  } finally {
    await new Promise((done) => other.close(done));
  }
});

test('a database that does not answer: refused with a sentence', async () => {
  const { root } = place;
  const folders = { SYMBOLON_DATA: join(root, 'd2'), SYMBOLON_KEYS: join(root, 'k2') };
  const away = 'postgresql://symbolon:not-told-to-anybody@127.0.0.1:1/symbolon';
  const result = await cli(['serve'], { env: { ...place.env, ...folders, DATABASE_URL: away } });
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(/^\nThe exchange did not start: .*ECONNREFUSED/);
  expect(result.stdout + result.stderr).not.toContain('not-told-to-anybody');
});
