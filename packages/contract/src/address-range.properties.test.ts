import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWithin, readRange, spellRange } from './address-range.ts';
import { addressList, addressRange } from './addresses.ts';

const four = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((value) => BigInt(value));
/** Many short ones, so that runs of zeros and IPv4 written as IPv6 are met. */
const six = fc
  .array(fc.oneof(fc.constant(0n), fc.constant(0xffffn), fc.bigInt(0n, 0xffffn)), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((value, group) => (value << 16n) | group, 0n))
  .filter((value) => value >> 32n !== 0xffffn);
const address = fc.oneof(
  four.map((value) => ({ bits: 32 as const, value })),
  six.map((value) => ({ bits: 128 as const, value })),
);
const spelled = (bits: 32 | 128, value: bigint): string => spellRange({ bits, first: value, last: value });

describe('an address', () => {
  test('is read from its one spelling as what it is (property)', () => {
    fc.assert(
      fc.property(address, ({ bits, value }) => {
        const text = spelled(bits, value);
        expect(readRange(text)).toEqual({ bits, first: value, last: value });
        expect(addressRange.parse(text)).toBe(text);
        expect(readRange(text.toUpperCase())).toEqual(readRange(text));
        if (bits === 128) {
          const long = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16));
          expect(addressRange.parse(long.map((group) => group.padStart(4, '0')).join(':'))).toBe(text);
          // Node has its own reader, by way of URLs.
          expect(new URL(`http://[${long.join(':')}]/`).hostname).toBe(`[${text}]`);
        }
      }),
    );
  });

  test('of IPv4 is the same when it is written as IPv6 (property)', () => {
    fc.assert(
      fc.property(four, fc.integer({ min: 0, max: 32 }), (value, length) => {
        const text = spelled(32, value);
        expect(addressRange.parse(`::ffff:${text}`)).toBe(text);
        const network = `${spelled(32, (value >> BigInt(32 - length)) << BigInt(32 - length))}/${length}`;
        expect(isWithin(`::ffff:${text}`, [network])).toBe(true);
        expect(readRange(`::ffff:${network.split('/')[0]}/${length + 96}`)).toEqual(readRange(network));
      }),
    );
  });
});

describe('a network', () => {
  test('holds what begins as it does, and nothing else (property)', () => {
    fc.assert(
      fc.property(address, address, fc.nat(), (one, other, at) => {
        const length = at % (one.bits + 1);
        const shift = BigInt(one.bits - length);
        const text = `${spelled(one.bits, (one.value >> shift) << shift)}/${length}`;
        const alike = one.bits === other.bits && one.value >> shift === other.value >> shift;
        expect(isWithin(spelled(one.bits, one.value), [addressRange.parse(text)])).toBe(true);
        expect(isWithin(spelled(other.bits, other.value), [addressRange.parse(text)])).toBe(alike);
      }),
    );
  });
});

describe('a range', () => {
  test('holds its ends and what is between, and is spelled so that it is read as the same (property)', () => {
    fc.assert(
      fc.property(address, address, address, (one, other, third) => {
        fc.pre(one.bits === other.bits);
        const [first, last] = one.value <= other.value ? [one.value, other.value] : [other.value, one.value];
        const { bits } = one;
        const kept = addressRange.parse(`${spelled(bits, first)} - ${spelled(bits, last)}`);
        expect(readRange(kept)).toEqual({ bits, first, last });
        expect(addressRange.parse(kept)).toBe(kept);
        const between = third.bits === bits && first <= third.value && third.value <= last;
        expect(isWithin(spelled(third.bits, third.value), ['192.0.2.0-192.0.2.0', kept])).toBe(
          between || spelled(third.bits, third.value) === '192.0.2.0',
        );
      }),
    );
  });

  test('is spelled as a network where it is one', () => {
    expect(addressRange.parse('192.0.2.0-192.0.2.255')).toBe('192.0.2.0/24');
    expect(addressRange.parse('2001:DB8:0:0::/32')).toBe('2001:db8::/32');
    expect(addressRange.parse('192.0.2.10-192.0.2.20')).toBe('192.0.2.10-192.0.2.20');
    expect(addressRange.parse(' 0.0.0.0/0 ')).toBe('0.0.0.0/0');
    expect(addressList.parse(['::1', '0:0::1', '10.0.0.1/32'])).toEqual(['::1', '10.0.0.1']);
  });
});

test.each([
  '',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '256.0.0.1',
  '01.2.3.4',
  '1.2.3.4/33',
  '1.2.3.4/',
  '1.2.3.4/-1',
  '1.2.3.4/2e1',
  '192.0.2.7/24',
  '2001:db8::1/32',
  '192.0.2.20-192.0.2.10',
  '192.0.2.1-2001:db8::1',
  '192.0.2.1-192.0.2.2-192.0.2.3',
  '192.0.2.0/24-192.0.3.0/24',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  ':::',
  '1:2:3:4:5:6:7:8::',
  '12345::',
  '::ffff:1.2.3.4/64',
  '1.2.3.4:80',
  '[::1]',
  '0x7f.1',
])('%s is no address, network or range', (text) => {
  expect(addressRange.safeParse(text).success).toBe(false);
  expect(isWithin('1.2.3.4', [text])).toBe(false);
  if (!/[-/]/.test(text)) expect(isWithin(text, ['0.0.0.0/0', '::/0'])).toBe(false);
});
