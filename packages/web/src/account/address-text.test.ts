import { expect, test } from 'vitest';
import { addressesIn, addressFaultIn } from './address-text.ts';

test('addresses stand one a line, or with commas between', () => {
  expect(addressesIn(' 192.0.2.7\n192.0.2.0/24, 2001:db8::/32;\n\n')).toEqual([
    '192.0.2.7',
    '192.0.2.0/24',
    '2001:db8::/32',
  ]);
  expect(addressesIn('')).toEqual([]);
});

test('what is no address is named', () => {
  expect(addressFaultIn('192.0.2.7\n2001:db8::/32\n192.0.2.10-192.0.2.20')).toBeUndefined();
  expect(addressFaultIn('192.0.2.7\n192.0.2.7/24')).toContain('192.0.2.7/24 is neither');
  expect(addressFaultIn('example.org')).toContain('example.org is neither');
});
