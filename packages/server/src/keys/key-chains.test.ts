import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeyChains, type StudyPlace } from './key-chains.ts';
import { chains as allChains, type Chain, type KeyStore, type Wrap } from './key-store.ts';
import { type LocalKeyring, localKeyring } from './local-keyring.ts';
import { keyStoreFile, sqliteKeyStore } from './sqlite-key-store.store.ts';

const now = (): Date => new Date('2026-01-02T03:04:05Z');
const place: StudyPlace = { accountId: 'a1', patientId: 'p1', studyId: 's1', keyId: 's1' };
const other: StudyPlace = { accountId: 'a1', patientId: 'p2', studyId: 's2', keyId: 's2' };
const foreign: StudyPlace = { accountId: 'a2', patientId: 'p3', studyId: 's3', keyId: 's3' };

let folder: string;
let store: KeyStore;
let keyring: LocalKeyring;
/** Chains without anything cached, as after a restart. */
const fresh = (): KeyChains => new KeyChains(keyring.service, store, now);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-chains-'));
  keyring = await localKeyring(folder, now);
  const file = keyStoreFile(join(folder, 'key-store.sqlite'));
  file.make();
  store = sqliteKeyStore(file);
  const chains = fresh();
  for (const { accountId } of [place, foreign]) await chains.addAccount(accountId);
  await chains.add([place, other, foreign], [place, other, foreign]);
});
afterEach(async () => {
  await store.close();
  keyring.close();
  rmSync(folder, { recursive: true, force: true });
});

const wrapOf = async (chain: Chain, kind: Wrap['kind'], family: string, id: string): Promise<Wrap> =>
  (await store.find({ chain, kind, family, id }))?.wrap as Wrap;

/** Puts one key's wrap where another stands, as somebody who can write the key store could. */
async function putInPlaceOf(from: Wrap, to: Wrap): Promise<void> {
  expect(await store.replace([{ was: to, now: { ...to, wrapped: from.wrapped } }])).toBe(true);
}
const refused = { name: 'VaultError' };

describe('the key chains', () => {
  test('give the same keys again after a restart', async () => {
    const [one, two] = [fresh(), fresh()];
    for (const chain of allChains) {
      expect(await one.study(chain, place)).toEqual(await two.study(chain, place));
      expect(await one.pack(chain, place, 'series', 'pack')).toEqual(await two.pack(chain, place, 'series', 'pack'));
    }
  });

  test('share no key between chains, kinds, studies, series or packs', async () => {
    const chains = fresh();
    const keys: Uint8Array[] = [];
    for (const at of [place, other, foreign]) keys.push(await chains.patient('identity', at.accountId, at.patientId));
    for (const chain of allChains) {
      keys.push(await chains.account(chain, 'a1'), await chains.account(chain, 'a2'));
      for (const at of [place, other, foreign]) {
        keys.push(await chains.study(chain, at));
        keys.push(await chains.series(chain, at, 'x'), await chains.series(chain, at, 'y'));
        keys.push(await chains.pack(chain, at, 'x', '1'), await chains.pack(chain, at, 'x', '2'));
      }
    }
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(keys.length);
  });

  test.each(allChains)('open no wrap that was put in the place of another: %s', async (chain) => {
    const mine = await wrapOf(chain, 'study', 'p1', 's1');
    await putInPlaceOf(mine, await wrapOf(chain, 'study', 'p2', 's2'));
    await expect(fresh().study(chain, other)).rejects.toMatchObject(refused);
    await putInPlaceOf(mine, await wrapOf(chain, 'study', 'p3', 's3'));
    await expect(fresh().study(chain, foreign)).rejects.toMatchObject(refused);
    await putInPlaceOf(await wrapOf(chain, 'patient', 'p1', 'p1'), await wrapOf(chain, 'patient', 'p3', 'p3'));
    await expect(fresh().study(chain, foreign)).rejects.toMatchObject(refused);
    await putInPlaceOf(await wrapOf(chain, 'account', 'a1', 'a1'), await wrapOf(chain, 'account', 'a2', 'a2'));
    await expect(fresh().account(chain, 'a2')).rejects.toMatchObject(refused);
  });

  test('open no wrap of another chain, kind or generation', async () => {
    const identity = await wrapOf('identity', 'study', 'p1', 's1');
    await putInPlaceOf(identity, await wrapOf('audit', 'study', 'p1', 's1'));
    await expect(fresh().study('audit', place)).rejects.toMatchObject(refused);
    await putInPlaceOf(identity, await wrapOf('identity', 'patient-cell', 'p1', 'p1'));
    await expect(fresh().patient('identity', 'a1', 'p1')).rejects.toMatchObject(refused);
  });

  test('open nothing for another patient or account than it belongs to', async () => {
    await expect(fresh().patient('identity', 'a2', 'p1')).rejects.toMatchObject(refused);
    await expect(fresh().study('image', { ...place, accountId: 'a2' })).rejects.toMatchObject(refused);
    await expect(fresh().study('image', { ...place, patientId: 'p2' })).rejects.toMatchObject({ code: 'KEY_MISSING' });
  });

  test('say which key is missing, without a name of anybody', async () => {
    await expect(fresh().study('image', { ...place, studyId: 's0', keyId: 's0' })).rejects.toMatchObject({
      code: 'KEY_MISSING',
      message: 'the key store has no image key of study s0',
    });
  });

  test('ask neither store nor service for a key that they hold', async () => {
    const chains = fresh();
    const key = await chains.study('image', place);
    rmSync(folder, { recursive: true });
    expect(await chains.study('image', place)).toBe(key);
    await expect(chains.study('image', other)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  });

  test('write all keys of a commit or none', async () => {
    const again = { ...place, studyId: 's7', keyId: 's7' };
    await expect(fresh().add([], [again, place])).rejects.toMatchObject({ code: 'KEY_EXISTS' });
    await expect(fresh().study('image', again)).rejects.toMatchObject({ code: 'KEY_MISSING' });
  });
});
