import { randomBytes, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '@symbolon/vault';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { localKeyring } from './local-keyring.ts';

const now = (): Date => new Date('2026-01-02T03:04:05Z');
const name = 'image/account/1';
const where = context('wrap', 'image', 'account', '1');
let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'symbolon-keyring-')), 'keys');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const roots = (): string => join(folder, 'roots.json');

describe('the local keyring', () => {
  test('that is opened again has the same keys', async () => {
    const first = await localKeyring(folder, now);
    await first.service.generate(name, 'wrapping');
    await first.service.generate('exchange/signing/receipts', 'signing');
    const key = randomBytes(32);
    const wrapped = await first.service.wrap(name, key, where);
    const publicKey = await first.service.publicKey('exchange/signing/receipts');
    first.close();
    const second = await localKeyring(folder, now);
    expect([first.made, second.made]).toEqual([true, false]);
    expect(Buffer.from(await second.service.unwrap(name, wrapped, where))).toEqual(key);
    expect(await second.service.publicKey('exchange/signing/receipts')).toEqual(publicKey);
    second.close();
  });

  test('keeps a key that is there when it is told to make it again', async () => {
    const { service, close } = await localKeyring(folder, now);
    await service.generate(name, 'wrapping');
    const wrapped = await service.wrap(name, randomBytes(32), where);
    await service.generate(name, 'wrapping');
    await service.unwrap(name, wrapped, where);
    close();
  });

  test('opens no wrap in another context, under another name, or with a changed byte', async () => {
    const { service, close } = await localKeyring(folder, now);
    await service.generate(name, 'wrapping');
    await service.generate('image/account/2', 'wrapping');
    const wrapped = await service.wrap(name, randomBytes(32), where);
    await expect(service.unwrap(name, wrapped, context('wrap', 'image', 'account', '2'))).rejects.toThrow();
    await expect(service.unwrap('image/account/2', wrapped, where)).rejects.toThrow();
    for (let at = 0; at < wrapped.length; at += 1) {
      const changed = Uint8Array.from(wrapped);
      changed[at] = (changed[at] as number) ^ 1;
      await expect(service.unwrap(name, changed, where), `byte ${at}`).rejects.toThrow();
    }
    close();
  });

  test('signs what its public key verifies, and nothing else', async () => {
    const { service, close } = await localKeyring(folder, now);
    await service.generate('exchange/signing/receipts', 'signing');
    const message = Buffer.from('a statement');
    const signature = await service.sign('exchange/signing/receipts', message);
    const key = {
      key: Buffer.from(await service.publicKey('exchange/signing/receipts')),
      format: 'der',
      type: 'spki',
    } as const;
    expect(verify(null, message, key, signature)).toBe(true);
    expect(verify(null, Buffer.from('another'), key, signature)).toBe(false);
    close();
  });

  test('has no key that was never made, and takes none for what it is not', async () => {
    const { service, close } = await localKeyring(folder, now);
    await service.generate(name, 'wrapping');
    for (const work of [
      service.wrap('image/account/9', randomBytes(32), where),
      service.sign(name, randomBytes(8)),
      service.generate('nowhere/account/1', 'wrapping'),
    ])
      await expect(work).rejects.toMatchObject({ code: 'KEY_MISSING' });
    close();
  });

  test.each([
    ['of another version', '{"version":2,"roots":{}}', 'KEYRING_VERSION_UNKNOWN'],
    ['without a version', '{"roots":{}}', 'KEYRING_VERSION_UNKNOWN'],
    ['without a root', '{"version":1,"roots":{"identity":"00"}}', 'KEYRING_DAMAGED'],
    ['cut short', '{"version":1,', 'KEYRING_DAMAGED'],
    ['of nothing', '', 'KEYRING_DAMAGED'],
    ['of null', 'null', 'KEYRING_DAMAGED'],
  ])('%s is refused, and stays as it is', async (_, text, code) => {
    (await localKeyring(folder, now)).close();
    writeFileSync(roots(), text);
    await expect(localKeyring(folder, now)).rejects.toMatchObject({ code });
    expect(readFileSync(roots(), 'utf8')).toBe(text);
  });

  test('of another exchange opens nothing of this one', async () => {
    const mine = await localKeyring(folder, now);
    await mine.service.generate(name, 'wrapping');
    mine.close();
    const other = {
      version: 1,
      roots: Object.fromEntries(
        ['identity', 'image', 'audit', 'exchange'].map((root) => [root, randomBytes(32).toString('hex')]),
      ),
    };
    writeFileSync(roots(), JSON.stringify(other));
    const { service, close } = await localKeyring(folder, now);
    await expect(service.wrap(name, randomBytes(32), where)).rejects.toThrow();
    close();
  });

  test('is for its owner alone', async () => {
    (await localKeyring(folder, now)).close();
    for (const path of [folder, roots(), join(folder, 'keyring.sqlite')])
      expect(statSync(path).mode & 0o077, path).toBe(0);
  });
});
