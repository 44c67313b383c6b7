import { createHmac, randomBytes, verify } from 'node:crypto';
import { context } from '@symbolon/vault';
import { describe, expect, test } from 'vitest';
import { type KeyService, macFits, versionOf, withVersion } from './key-service.ts';

const [name, other, macName, signing] = ['image/account/1', 'image/account/2', 'audit/worm/1', 'exchange/signing/1'];
const where = context('wrap', 'image', 'account', '1');
const elsewhere = context('wrap', 'image', 'account', '2');
const nowhere = new Uint8Array(0);
const missing = { code: 'KEY_MISSING' };
const destroyed = { code: 'KEY_DESTROYED' };

type Opened = { readonly service: KeyService; readonly close: () => Promise<void> | void };

/** What every key service must do. `open` gives the same service again, as a restarted exchange would have it. */
export function keyServiceSuite(driver: string, open: () => Promise<Opened>): void {
  async function withService<T>(work: (service: KeyService) => Promise<T>): Promise<T> {
    const { service, close } = await open();
    try {
      return await work(service);
    } finally {
      await close();
    }
  }

  describe(`the key service ${driver}`, () => {
    test('opens what it wrapped, after a restart too, and only there', async () => {
      const key = randomBytes(32);
      const wrapped = await withService(async (service) => {
        for (const one of [name, other]) await service.generate(one, 'wrapping');
        return service.wrap(name, key, where);
      });
      await withService(async (service) => {
        expect(Buffer.compare(await service.unwrap(name, wrapped, where), key)).toBe(0);
        await expect(service.unwrap(name, wrapped, elsewhere)).rejects.toThrow();
        await expect(service.unwrap(other, wrapped, where)).rejects.toThrow();
        for (let at = 0; at < wrapped.length; at += 1) {
          const changed = Uint8Array.from(wrapped);
          changed[at] = (changed[at] as number) ^ 1;
          await expect(service.unwrap(name, changed, where), `byte ${at}`).rejects.toThrow();
        }
      });
    });

    test('wraps the same key differently each time, and never shows it', () =>
      withService(async (service) => {
        await service.generate(name, 'wrapping');
        const key = randomBytes(32);
        const [one, two] = [await service.wrap(name, key, where), await service.wrap(name, key, where)];
        expect(Buffer.compare(one, two)).not.toBe(0);
        expect(Buffer.from(one).includes(key)).toBe(false);
      }));

    test('wants a context wherever one is bound', () =>
      withService(async (service) => {
        await service.generate(name, 'wrapping');
        await service.generate(macName, 'mac');
        const wrapped = await service.wrap(name, randomBytes(32), where);
        for (const work of [
          service.wrap(name, randomBytes(32), nowhere),
          service.unwrap(name, wrapped, nowhere),
          service.mac(macName, randomBytes(8), nowhere),
        ])
          await expect(work).rejects.toMatchObject({ code: 'KEY_CONTEXT_MISSING' });
      }));

    test('keeps a key that is there when it is told to make it again', () =>
      withService(async (service) => {
        await service.generate(name, 'wrapping');
        const wrapped = await service.wrap(name, randomBytes(32), where);
        await service.generate(name, 'wrapping');
        await service.unwrap(name, wrapped, where);
        expect(await service.versions(name)).toHaveLength(1);
      }));

    test('wraps with the newest version, which the wrap carries, and opens with every one', async () => {
      const key = randomBytes(32);
      const wraps: Uint8Array[] = [];
      await withService(async (service) => {
        await service.generate(name, 'wrapping');
        for (let version = 1; version <= 4; version += 1) {
          wraps.push(await service.wrap(name, key, where));
          expect(await service.rotate(name)).toBe(version + 1);
        }
      });
      expect(wraps.map((wrap) => versionOf(wrap).version)).toEqual([1, 2, 3, 4]);
      await withService(async (service) => {
        for (const wrap of wraps) expect(Buffer.compare(await service.unwrap(name, wrap, where), key)).toBe(0);
        expect((await service.versions(name)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
        const lied = withVersion(2, versionOf(wraps[0] as Uint8Array).rest);
        await expect(service.unwrap(name, lied, where)).rejects.toThrow();
        await expect(service.unwrap(name, withVersion(9, randomBytes(61)), where)).rejects.toMatchObject(missing);
        await expect(service.unwrap(name, nowhere, where)).rejects.toMatchObject(missing);
      });
    });

    test('rotated by two at once, has two versions more', () =>
      withService(async (service) => {
        await service.generate(name, 'wrapping');
        const made = await Promise.all([service.rotate(name), service.rotate(name)]);
        expect(made.sort()).toEqual([2, 3]);
      }));

    test('opens nothing of a version that was destroyed, and never makes it again', async () => {
      const [first, second] = await withService(async (service) => {
        await service.generate(name, 'wrapping');
        const one = await service.wrap(name, randomBytes(32), where);
        await service.rotate(name);
        const two = await service.wrap(name, randomBytes(32), where);
        await service.destroy(name, 1);
        await service.destroy(name, 1);
        return [one, two];
      });
      await withService(async (service) => {
        await expect(service.unwrap(name, first, where)).rejects.toMatchObject(destroyed);
        await service.unwrap(name, second, where);
        const [one, two] = await service.versions(name);
        expect([one?.destroyedAt, two?.destroyedAt]).toEqual([expect.any(Date), null]);
      });
    });

    test('of a key that was destroyed whole, makes and opens nothing for ever', async () => {
      const wrapped = await withService(async (service) => {
        await service.generate(name, 'wrapping');
        const made = await service.wrap(name, randomBytes(32), where);
        await service.destroy(name);
        return made;
      });
      await withService(async (service) => {
        await service.generate(name, 'wrapping');
        for (const work of [
          service.unwrap(name, wrapped, where),
          service.wrap(name, randomBytes(32), where),
          service.rotate(name),
        ])
          await expect(work).rejects.toMatchObject(destroyed);
      });
    });

    test('authenticates by HMAC-SHA-512 in one context, with old versions too', async () => {
      const message = randomBytes(100);
      const mac = await withService(async (service) => {
        await service.generate(macName, 'mac');
        const made = await service.mac(macName, message, where);
        await service.rotate(macName);
        return made;
      });
      expect(versionOf(mac).rest).toHaveLength(createHmac('sha512', 'x').digest().length);
      await withService(async (service) => {
        expect(await macFits(service, macName, message, where, mac)).toBe(true);
        expect(await macFits(service, macName, message, elsewhere, mac)).toBe(false);
        expect(await macFits(service, macName, randomBytes(100), where, mac)).toBe(false);
        const again = await service.mac(macName, message, where);
        expect(versionOf(again).version).toBe(2);
        expect(Buffer.compare(versionOf(again).rest, versionOf(mac).rest)).not.toBe(0);
        expect(await macFits(service, macName, message, where, withVersion(2, versionOf(mac).rest))).toBe(false);
      });
    });

    test('signs what its public key verifies, and nothing else; signing keys do not rotate', async () => {
      const message = Buffer.from('a statement');
      const signature = await withService(async (service) => {
        await service.generate(signing, 'signing');
        return service.sign(signing, message);
      });
      await withService(async (service) => {
        const key = { key: Buffer.from(await service.publicKey(signing)), format: 'der', type: 'spki' } as const;
        expect(verify(null, message, key, signature)).toBe(true);
        expect(verify(null, Buffer.from('another'), key, signature)).toBe(false);
        await expect(service.rotate(signing)).rejects.toMatchObject(missing);
      });
    });

    test('has no key that was never made, and takes none for what it is not', () =>
      withService(async (service) => {
        await service.generate(name, 'wrapping');
        for (const work of [
          service.wrap('image/account/9', randomBytes(32), where),
          service.sign(name, randomBytes(8)),
          service.mac(name, randomBytes(8), where),
          service.rotate('image/account/9'),
          service.generate('nowhere/account/1', 'wrapping'),
        ])
          await expect(work).rejects.toMatchObject(missing);
        expect(await service.versions('image/account/9')).toEqual([]);
      }));

    test('gives a chain a new root, and every key of it opens what it opened', async () => {
      const key = randomBytes(32);
      const [wrapped, publicKey] = await withService(async (service) => {
        for (const one of [name, other]) await service.generate(one, 'wrapping');
        await service.rotate(name);
        await service.generate(signing, 'signing');
        const made = [await service.wrap(name, key, where), await service.publicKey(signing)] as const;
        const [root] = await service.versions('image/root');
        expect(await service.rotate('image/root')).toBe((root?.version ?? 0) + 1);
        await service.rotate('exchange/root');
        return made;
      });
      await withService(async (service) => {
        expect(Buffer.compare(await service.unwrap(name, wrapped, where), key)).toBe(0);
        expect(Buffer.compare(await service.publicKey(signing), publicKey)).toBe(0);
        await service.wrap(other, key, where);
        await service.health();
      });
    });

    test('opens without a break while keys and roots are rotated', () =>
      withService(async (service) => {
        await service.generate(name, 'wrapping');
        const wrapped = await service.wrap(name, randomBytes(32), where);
        let rotating = true;
        const reading = (async () => {
          while (rotating) {
            await service.unwrap(name, wrapped, where);
            await service.unwrap(name, await service.wrap(name, randomBytes(32), where), where);
            await new Promise((next) => setImmediate(next));
          }
        })();
        for (let round = 0; round < 5; round += 1) {
          await service.rotate(name);
          await service.rotate('image/root');
        }
        rotating = false;
        await reading;
      }));
  });
}
