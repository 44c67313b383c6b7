import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PasswordPolicy, standardPasswordPolicy } from '@symbolon/contract';
import { describe, expect, test } from 'vitest';
import { BreachedList } from './breached-list.ts';
import { mustBeGood } from './new-password.ts';

const email = 'ada@example.org';
const none = { breached: undefined };
const judged = (password: string, more: Partial<PasswordPolicy> = {}, lists: Parameters<typeof mustBeGood>[0] = none) =>
  mustBeGood(lists, { password, email }, { ...standardPasswordPolicy, ...more }).then(
    () => 'taken',
    (error: unknown) => (error as { code?: string }).code,
  );

describe('a password that somebody chooses', () => {
  test.each(['nine char', 'ab12ab12ab12ab', 'the Ada Lovelace engine', '👩‍⚕️👩‍⚕️'])(
    'as weak as %j is refused',
    async (one) => expect(await judged(one)).toBe('PASSWORD_TOO_WEAK'),
  );

  test.each(['ten chars!', 'correct horse battery', 'пароль длинный'])('as good as %j is taken', async (one) =>
    expect(await judged(one)).toBe('taken'),
  );

  test('that everybody tries first is refused, however its letters are written', async () => {
    for (const one of ['qwertyuiop', 'QwertyUIOP', 'Password123', 'iloveyou12', '1q2w3e4r5t'])
      expect([one, await judged(one)]).toEqual([one, 'PASSWORD_TOO_WEAK']);
  });

  test('has three of four kinds of characters where that is asked for', async () => {
    for (const [one, answer] of [
      ['bootehinterdermole', 'PASSWORD_TOO_WEAK'],
      ['boote hinter der mole', 'PASSWORD_TOO_WEAK'],
      ['Boote hinter der Mole', 'taken'],
      ['boote-hinter-7-molen', 'taken'],
      ['Лодки за молом', 'taken'],
    ])
      expect([one, await judged(one!, { passwordKinds: true })]).toEqual([one, answer]);
  });

  test('is as hard to guess as is asked for, also by what is known of the person', async () => {
    expect(await judged('january 1984')).toBe('taken');
    expect(await judged('january 1984', { passwordScore: 4 })).toBe('PASSWORD_TOO_WEAK');
    expect(await judged('example1990', { passwordScore: 3 })).toBe('PASSWORD_TOO_WEAK');
    expect(await judged('vier Boote hinter der Mole', { passwordScore: 4 })).toBe('taken');
  });

  test('of 1,024 characters made to be slow holds nobody up while it is judged', async () => {
    const slow = 'pl!wp$p0!@!1r|$llr$I|l@l@w$$rl'.repeat(35).slice(0, 1024);
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }, 1);
    const began = performance.now();
    await judged(slow, { passwordScore: 4 });
    const took = performance.now() - began;
    clearInterval(watch);
    // Of the time in which another thread works this one is free for nearly all; reckoned here, it would be one piece.
    expect(longest).toBeLessThan(took * 0.8);
    expect(took).toBeLessThan(30_000);
  });

  test('that was leaked is refused, however its accents are composed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'symbolon-leaked-'));
    const hash = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase();
    const leaked = ['vier Boote hinter der Mole', 'fünf Boote vor der Mole'.normalize('NFC')];
    const path = join(folder, 'list');
    await writeFile(
      path,
      leaked
        .map((one) => `${hash(one)}:3\r\n`)
        .sort()
        .join(''),
    );
    const breached = await BreachedList.open(path);
    try {
      for (const one of [...leaked, leaked[1]!.normalize('NFD')])
        expect(await judged(one, {}, { breached })).toBe('PASSWORD_TOO_WEAK');
      expect(await judged('sechs Boote vor der Mole', {}, { breached })).toBe('taken');
      expect(await judged(leaked[0]!)).toBe('taken');
    } finally {
      await breached.close();
      await rm(folder, { recursive: true });
    }
  });
});
