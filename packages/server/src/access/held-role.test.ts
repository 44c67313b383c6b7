import { expect, test } from 'vitest';
import { admits, decisionsFrom, type HeldRole } from './held-role.ts';

const role: HeldRole = {
  id: 'r',
  name: 'R',
  builtin: null,
  decisions: { 'study.view': 'permit', 'study.download': 'deny' },
  addresses: ['192.0.2.0/24', '2001:db8::/32'],
};

test('an empty list lets everybody in, and any other whom it names', () => {
  expect(admits([], '203.0.113.9')).toBe(true);
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::7'])
    expect(admits(role.addresses, address)).toBe(true);
  for (const address of ['192.0.3.7', '::1', '2001:db9::7', 'unknown', ''])
    expect(admits(role.addresses, address)).toBe(false);
});

test('a role in a group permits nothing from elsewhere, and denies all the same', () => {
  expect(decisionsFrom(role, '192.0.2.7')).toEqual(role.decisions);
  expect(decisionsFrom(role, '203.0.113.9')).toEqual({ 'study.download': 'deny' });
  expect(decisionsFrom(null, '203.0.113.9')).toBeNull();
});
