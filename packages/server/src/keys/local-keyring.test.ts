import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '@symbolon/vault';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyServiceSuite } from './key-service.suite.ts';
import { localKeyring } from './local-keyring.ts';

const now = (): Date => new Date('2026-01-02T03:04:05Z');
const name = 'image/account/1';
const where = context('wrap', 'image', 'account', '1');
let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'symbolon-keyring-')), 'keys');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

keyServiceSuite('local keyring', async () => {
  const { service, close } = await localKeyring(folder, now);
  return { service, close };
});

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

  test('whose making was cut short is made, while there is no root yet', async () => {
    mkdirSync(folder);
    // As a power cut leaves it between the making of the file and its first commit.
    writeFileSync(join(folder, 'keyring.sqlite'), '');
    const keyring = await localKeyring(folder, now);
    await keyring.service.generate(name, 'wrapping');
    keyring.close();
  });

  test('without its keys is refused where there are roots, and not made anew', async () => {
    (await localKeyring(folder, now)).close();
    writeFileSync(join(folder, 'keyring.sqlite'), '');
    await expect(localKeyring(folder, now)).rejects.toMatchObject({ code: 'KEYRING_DAMAGED' });
    expect(statSync(join(folder, 'keyring.sqlite')).size).toBe(0);
  });

  test.each([
    ['of another version', '{"version":3,"roots":{}}', 'KEYRING_VERSION_UNKNOWN'],
    ['without a version', '{"roots":{}}', 'KEYRING_VERSION_UNKNOWN'],
    ['without a root', '{"version":2,"roots":{"identity":[]}}', 'KEYRING_DAMAGED'],
    ['cut short', '{"version":2,', 'KEYRING_DAMAGED'],
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
    const root = (): object => ({ generation: 1, madeAt: now(), key: randomBytes(32).toString('hex') });
    const names = ['identity', 'image', 'audit', 'exchange'];
    writeFileSync(
      roots(),
      JSON.stringify({ version: 2, roots: Object.fromEntries(names.map((name) => [name, [root()]])) }),
    );
    const { service, close } = await localKeyring(folder, now);
    await expect(service.wrap(name, randomBytes(32), where)).rejects.toThrow();
    close();
  });

  test.each(['roots.json', 'keyring.sqlite'])(
    'that lost its %s is refused, and nothing is made in its place',
    async (lost) => {
      const { service, close } = await localKeyring(folder, now);
      await service.generate(name, 'wrapping');
      close();
      rmSync(join(folder, lost));
      await expect(localKeyring(folder, now)).rejects.toMatchObject({ code: 'KEYRING_DAMAGED' });
      expect(readdirSync(folder)).not.toContain(lost);
    },
  );

  test('whose folder goes away works no more, and works again when it is back', async () => {
    const { service, close } = await localKeyring(folder, now);
    await service.generate(name, 'wrapping');
    const wrapped = await service.wrap(name, randomBytes(32), where);
    await service.health();
    renameSync(folder, `${folder}-away`);
    for (const work of [() => service.unwrap(name, wrapped, where), () => service.rotate(name), () => service.health()])
      await expect(work()).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    mkdirSync(folder);
    await expect(service.health()).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    rmSync(folder, { recursive: true });
    renameSync(`${folder}-away`, folder);
    await service.unwrap(name, wrapped, where);
    await service.health();
    close();
  });

  describe.each(['both roots written', 'keys rewrapped', 'old root removed'])('that crashes when %s', (at) => {
    test('opens everything after, and a second rotation ends what the first began', async () => {
      const first = await localKeyring(folder, now, (step) => {
        if (step === at) throw new Error('crash');
      });
      for (const key of [name, 'image/account/2']) await first.service.generate(key, 'wrapping');
      const wrapped = await first.service.wrap(name, randomBytes(32), where);
      const before = readFileSync(roots(), 'utf8');
      await expect(first.service.rotate('image/root')).rejects.toThrow('crash');
      first.close();
      const second = await localKeyring(folder, now);
      await second.service.unwrap(name, wrapped, where);
      await second.service.generate('image/account/3', 'wrapping');
      expect(await second.service.rotate('image/root')).toBe(at === 'old root removed' ? 3 : 2);
      await second.service.unwrap(name, wrapped, where);
      expect(await second.service.versions('image/root')).toHaveLength(1);
      const old = (JSON.parse(before) as { roots: { image: { key: string }[] } }).roots.image[0]?.key as string;
      expect(readFileSync(roots(), 'utf8')).not.toContain(old);
      second.close();
    });
  });

  test('goes on working while another process rotates its root', async () => {
    const [mine, other] = [await localKeyring(folder, now), await localKeyring(folder, now)];
    await mine.service.generate(name, 'wrapping');
    const wrapped = await mine.service.wrap(name, randomBytes(32), where);
    for (let round = 0; round < 2; round += 1) {
      await Promise.all([
        other.service.rotate('image/root'),
        ...Array.from({ length: 20 }, async (_, at) => {
          await mine.service.unwrap(name, wrapped, where);
          await mine.service.generate(`image/account/${round}-${at}`, 'wrapping');
        }),
      ]);
      for (let at = 0; at < 20; at += 1)
        await mine.service.wrap(`image/account/${round}-${at}`, randomBytes(32), where);
    }
    mine.close();
    other.close();
  });

  test('leaves nothing of a destroyed key in its file', async () => {
    const { service, close, store } = await localKeyring(folder, now);
    await service.generate(name, 'wrapping');
    const sealed = Buffer.from(store.find(name)?.sealed as Uint8Array);
    expect(readFileSync(join(folder, 'keyring.sqlite')).includes(sealed)).toBe(true);
    await service.destroy(name);
    expect(readFileSync(join(folder, 'keyring.sqlite')).includes(sealed)).toBe(false);
    close();
  });

  test('is for its owner alone', async () => {
    (await localKeyring(folder, now)).close();
    for (const path of [folder, roots(), join(folder, 'keyring.sqlite')])
      expect(statSync(path).mode & 0o077, path).toBe(0);
  });
});
