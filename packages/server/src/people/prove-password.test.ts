import { expect, test } from 'vitest';
import { AccessError, type Attempts } from '../access/index.ts';
import { hashPassword } from './passwords.ts';
import { doorLimits, provePassword, provingLimits, signInLimits } from './prove-password.ts';

const password = 'Wandering-Albatross-7';
const hash = await hashPassword(password);

/** What happened, in its order. */
function counted(past = false) {
  const said: string[] = [];
  const attempts = {
    async take() {
      said.push('counted');
      if (past) throw new AccessError('ACCESS_TOO_MANY_TRIES', 'Wait.', 60);
    },
    async giveBack() {
      said.push('taken back');
    },
  } as unknown as Attempts;
  const limits = signInLimits('ada@example.org', '192.0.2.1');
  const refused = async ({ right }: { right: boolean }) => void said.push(right ? 'refused, though right' : 'refused');
  return { said, prove: (more: object) => provePassword(attempts, { password, hash, limits, refused, ...more }) };
}

test('who knows the password takes the try back', async () => {
  const { said, prove } = counted();
  expect(await prove({})).toBe(true);
  expect(said).toEqual(['counted', 'taken back']);
});

test('a wrong password, and one of nobody, is recorded and counts', async () => {
  for (const wrong of [{ password: 'another' }, { hash: undefined }]) {
    const { said, prove } = counted();
    expect(await prove(wrong)).toBe(false);
    expect(said).toEqual(['counted', 'refused']);
  }
});

test('a right password where more is needed is recorded as that, and counts', async () => {
  const { said, prove } = counted();
  expect(await prove({ besides: false })).toBe(false);
  expect(said).toEqual(['counted', 'refused, though right']);
});

test('past the limit the password is not looked at, and the refusal is recorded', async () => {
  const { said, prove } = counted(true);
  await expect(prove({ hash: 'not readable' })).rejects.toMatchObject({ code: 'ACCESS_TOO_MANY_TRIES' });
  expect(said).toEqual(['counted', 'refused']);
});

test('who is signed in shows their password again in a browser of theirs by a count that nobody at the door uses up', () => {
  const names = ({ own, all, others = [] }: ReturnType<typeof provingLimits>) =>
    [own, all, ...others].map(({ name }) => name);
  const atTheDoor = names(doorLimits('ada@example.org', '192.0.2.1', undefined));
  const proving = names(provingLimits('ada@example.org', '192.0.2.1', 'hers'));
  expect(proving.filter((name) => atTheDoor.includes(name))).toEqual([]);
  expect(proving).toEqual(names(doorLimits('ada@example.org', '198.51.100.7', 'hers')));
  // In one that is not known it is guessed no faster than there.
  expect(atTheDoor).toEqual(expect.arrayContaining(names(provingLimits('ada@example.org', '192.0.2.1', undefined))));
});
