import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStrongEnough, strictest } from './password-rules.ts';
import { standardPasswordPolicy } from './sign-in.ts';

const policy = fc.record({
  passwordCharacters: fc.integer({ min: 10, max: 64 }),
  passwordKinds: fc.boolean(),
  passwordScore: fc.integer({ min: 0, max: 4 }),
});
const password = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: fc.constantFrom(...'abcXYZ019 -é'), minLength: 8, maxLength: 70 }),
);
const email = 'ada@example.org';

test('a password that is strong enough for somebody in several accounts is so for each of them, and the other way round', () => {
  fc.assert(
    fc.property(fc.array(policy, { maxLength: 5 }), password, (all, one) => {
      const each = [standardPasswordPolicy, ...all].every((some) => isStrongEnough(one, email, some));
      expect(isStrongEnough(one, email, strictest(all))).toBe(each);
      expect(strictest(all).passwordScore).toBe(Math.max(0, ...all.map(({ passwordScore }) => passwordScore)));
    }),
  );
});

test('the strictest rules are the same in whatever order the accounts are asked, and of none the standard', () => {
  fc.assert(
    fc.property(fc.array(policy, { maxLength: 5 }), (all) => {
      expect(strictest(all.toReversed())).toEqual(strictest(all));
      expect(strictest([strictest(all), ...all])).toEqual(strictest(all));
    }),
  );
  expect(strictest([])).toEqual(standardPasswordPolicy);
});
