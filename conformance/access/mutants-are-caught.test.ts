import { afterAll, beforeAll, expect, test } from 'vitest';
import { engineCopies } from './engine-copy.ts';
import { otherThanTheRules, someCases } from './engine-keeps-the-rules.ts';
import { mutants } from './mutants.ts';

/** The same cases in every run: what is caught today is caught tomorrow. */
const cases = someCases({ seed: 7, numRuns: 12_000 });

let copies: Awaited<ReturnType<typeof engineCopies>>;
beforeAll(async () => {
  copies = await engineCopies();
});
afterAll(() => copies?.remove());

test('the engine says what the rules say', async () => {
  expect(otherThanTheRules(await copies.copy(), cases)).toBeUndefined();
  if (process.env.SYMBOLON_DRILL !== undefined)
    expect(
      otherThanTheRules(await copies.copy(), someCases({ seed: Date.now() % 2 ** 31, numRuns: 200_000 })),
    ).toBeUndefined();
}, 300_000);

test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  'a mistake in the engine is caught: %s',
  async (_, mutant) => {
    expect(otherThanTheRules(await copies.copy(mutant), cases)).toBeDefined();
  },
);
