import { stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './passwords.ts';

describe('a password', () => {
  test('is known again by its hash, and no other is', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(await verifyPassword('correct horse battery', hash)).toBe(true);
    for (const wrong of ['correct horse batterY', 'correct horse batter', 'correct horse battery ', ''])
      expect(await verifyPassword(wrong, hash)).toBe(false);
  });

  test('is known again however its accents are composed', async () => {
    const hash = await hashPassword('Zürich-Gebäude'.normalize('NFC'));
    expect(await verifyPassword('Zürich-Gebäude'.normalize('NFD'), hash)).toBe(true);
  });

  test('has another hash each time, which names argon2id and its costs', async () => {
    const [one, two] = await Promise.all([hashPassword('the same words'), hashPassword('the same words')]);
    expect(one).not.toBe(two);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toContain('the same words');
  });

  test('that belongs to nobody is wrong, and takes as long to find out', async () => {
    await verifyPassword('warm up', undefined);
    const hash = await hashPassword('somebody else here');
    const timed = async (known: string | undefined): Promise<number> => {
      const start = performance.now();
      expect(await verifyPassword('wrong one here', known)).toBe(false);
      return performance.now() - start;
    };
    // In turn, and the fastest of each: what else the machine does only ever adds.
    let [somebody, nobody] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < 10; i += 1) {
      somebody = Math.min(somebody, await timed(hash));
      nobody = Math.min(nobody, await timed(undefined));
    }
    expect(nobody / somebody).toBeGreaterThan(0.4);
    expect(nobody / somebody).toBeLessThan(2.5);
  });

  test('leaves threads to those who read files: however many are looked at, nobody waits for all of them', async () => {
    let looked = 0;
    const all = Array.from({ length: 24 }, () => verifyPassword('one of many', undefined).then(() => (looked += 1)));
    // The first of them are at work.
    await Promise.race(all);
    const before = looked;
    await stat('.');
    expect(looked - before).toBeLessThan(12);
    await Promise.all(all);
  });

  test('whose stored hash cannot be read is a fault, not a wrong password', async () => {
    await expect(verifyPassword('x', '$2b$10$abcdefg')).rejects.toThrow('not readable');
  });
});
