import { expect, test } from 'vitest';
import { atTheDoor } from './door.ts';

test('a flood from one network is turned away at some point, and holds up nobody who comes from elsewhere or with a known browser', async () => {
  let open = (): void => {};
  const opened = new Promise<void>((go) => {
    open = go;
  });
  const entered: string[] = [];
  const come = (address: string, known = false): Promise<unknown> =>
    atTheDoor({ address, known }, async () => {
      entered.push(address);
      await opened;
    });
  // Addresses of one household.
  const flood = Array.from({ length: 300 }, (_, at) => come(`2001:db8:0:7::${(at + 1).toString(16)}`));
  const outcomes = Promise.allSettled(flood);
  const somebody = come('192.0.2.7');
  expect(entered).toHaveLength(4);
  const known = come('2001:db8:0:7::1', true);
  expect(entered).toHaveLength(5);
  open();
  await Promise.all([somebody, known]);
  expect(entered.indexOf('192.0.2.7')).toBeLessThan(9);
  const refused = (await outcomes).filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(300 - 4 - 256);
  expect(refused[0]).toMatchObject({ reason: { code: 'PASSWORDS_BUSY' } });
});
