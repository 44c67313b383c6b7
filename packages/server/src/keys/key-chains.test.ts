import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeyChains, type StudyPlace } from './key-chains.ts';
import { type Chain, KeyStore } from './key-store.store.ts';
import { localKeyring } from './local-keyring.ts';

const now = (): Date => new Date('2026-01-02T03:04:05Z');
const allChains: readonly Chain[] = ['identity', 'image', 'audit'];
const place: StudyPlace = { accountId: 'a1', patientId: 'p1', studyId: 's1' };
const other: StudyPlace = { accountId: 'a1', patientId: 'p2', studyId: 's2' };
const foreign: StudyPlace = { accountId: 'a2', patientId: 'p3', studyId: 's3' };

let folder: string;
let store: KeyStore;
let close: () => void;
/** Chains without anything cached, as after a restart. */
let fresh: () => KeyChains;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'symbolon-chains-'));
  const keyring = await localKeyring(folder, now);
  store = new KeyStore(join(folder, 'key-store.sqlite'));
  fresh = () => new KeyChains(keyring.service, store, now);
  close = keyring.close;
  const chains = fresh();
  for (const { accountId } of [place, foreign]) await chains.addAccount(accountId);
  await chains.add([place, other, foreign], [place, other, foreign]);
});
afterEach(() => {
  store.close();
  close();
  rmSync(folder, { recursive: true, force: true });
});

/** Puts one row's wrap where another's stands, as somebody who can write the key store could. */
function move(chain: Chain, kind: 'patient' | 'study' | 'account', from: string, to: string): KeyChains {
  const wrapped = store.find(chain, kind, from) as Uint8Array;
  store.add([{ chain, kind, id: `${to}-moved`, wrapped }], now());
  return fresh();
}

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
    for (const chain of allChains) {
      keys.push(await chains.account(chain, 'a1'), await chains.account(chain, 'a2'));
      for (const at of [place, other, foreign]) {
        keys.push(await chains.patient(chain, at.accountId, at.patientId), await chains.study(chain, at));
        keys.push(await chains.series(chain, at, 'x'), await chains.series(chain, at, 'y'));
        keys.push(await chains.pack(chain, at, 'x', '1'), await chains.pack(chain, at, 'x', '2'));
      }
    }
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(keys.length);
  });

  test('open no wrap that was moved to another study', async () => {
    const chains = move('image', 'study', place.studyId, 's9');
    await expect(chains.study('image', { ...place, studyId: 's9-moved' })).rejects.toMatchObject({
      name: 'VaultError',
    });
  });

  test('open no wrap that was moved to another patient, account or chain', async () => {
    await expect(
      move('image', 'patient', place.patientId, 'p9').patient('image', 'a1', 'p9-moved'),
    ).rejects.toMatchObject({ name: 'VaultError' });
    await expect(fresh().patient('image', 'a2', place.patientId)).rejects.toMatchObject({ name: 'VaultError' });
    await expect(fresh().study('image', { ...place, patientId: other.patientId })).rejects.toMatchObject({
      name: 'VaultError',
    });
    const wrapped = store.find('identity', 'study', place.studyId) as Uint8Array;
    store.add([{ chain: 'audit', kind: 'study', id: 's8', wrapped }], now());
    await expect(fresh().study('audit', { ...place, studyId: 's8' })).rejects.toMatchObject({ name: 'VaultError' });
  });

  test('say which key is missing, without a name of anybody', async () => {
    await expect(fresh().study('image', { ...place, studyId: 's0' })).rejects.toMatchObject({
      code: 'KEY_MISSING',
      message: 'the key store has no image key of study s0',
    });
  });

  test('write all keys of a commit or none', async () => {
    const again = { ...place, studyId: 's7' };
    await expect(fresh().add([], [again, place])).rejects.toThrow();
    await expect(fresh().study('image', again)).rejects.toMatchObject({ code: 'KEY_MISSING' });
  });
});
