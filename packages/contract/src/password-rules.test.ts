import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isStrongEnough, passwordRules } from './password-rules.ts';

const broken = (password: string, email = 'ada@example.org'): number[] =>
  passwordRules(password, email).flatMap(({ kept }, at) => (kept === false ? [at] : []));

describe('the hints beside a new password', () => {
  test.each([
    ['nothing typed yet keeps no rule', '', [0, 1, 2]],
    ['nine characters are too few', 'abcdefghi', [0]],
    ['ten are enough', 'abcdefghij', []],
    ['characters are counted as people see them', 'a\u0308bcdefghi', [0]],
    ['four different characters are too few', 'abcdabcdabcd', [1]],
    ['the e-mail name is not for a password, however it is written', 'Hello ADA, hello', [2]],
  ])('%s', (_, password, rules) => {
    expect(broken(password)).toEqual(rules);
    expect(isStrongEnough(password, 'ada@example.org')).toBe(rules.length === 0);
  });

  test('say as many characters, three kinds of four, and how hard to guess where an account wants it', () => {
    const policy = { passwordCharacters: 14, passwordKinds: true, passwordScore: 3 };
    const kept = (password: string) => passwordRules(password, 'ada@example.org', policy).map((rule) => rule.kept);
    expect(kept('small letters')).toEqual([false, true, true, false, null]);
    expect(kept('Small letters!')).toEqual([true, true, true, true, null]);
    expect(kept('small-letters-7')).toEqual([true, true, true, true, null]);
    expect(kept('SMALLLETTERS77')).toEqual([true, true, true, false, null]);
    expect(kept('Малые буквы 7')).toEqual([false, true, true, true, null]);
    expect(isStrongEnough('Small letters!', 'ada@example.org', policy)).toBe(true);
  });

  test('an e-mail name of one or two letters is in many a good pass phrase by chance', () => {
    expect(broken('a good long phrase', 'a@example.org')).toEqual([]);
    expect(broken('a good long phrase', 'oo@example.org')).toEqual([]);
  });

  test('let pass what README sets up the first account with', () => {
    const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, password = ''] = /printf '%s' '(.+)' > password/.exec(readme) ?? [];
    const [, email = ''] = /symbolon setup .*--email (\S+)/.exec(readme) ?? [];
    expect([password.length > 0, email.length > 0]).toEqual([true, true]);
    expect(broken(password, email)).toEqual([]);
  });
});
