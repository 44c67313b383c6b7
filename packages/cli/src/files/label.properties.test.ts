import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelOf, nameOf } from './label.ts';

describe('labels', () => {
  test('every name of bytes comes back from its label (property)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (name) => {
        expect([...nameOf(labelOf(name))]).toEqual([...name]);
      }),
    );
  });

  test('every name of text comes back from its label, also one that looks escaped (property)', () => {
    const tricky = fc.array(fc.constantFrom('\\x', '\\', 'x', '5C', 'E9', 'é', '日', '\uFEFF', 'a'), { maxLength: 12 });
    fc.assert(
      fc.property(tricky, (parts) => {
        const name = Buffer.from(parts.join(''));
        expect(nameOf(labelOf(name))).toEqual(name);
      }),
    );
  });

  test('names in UTF-8 read as they are, others byte by byte', () => {
    expect(labelOf(Buffer.from('Müller 山田'))).toBe('Müller 山田');
    expect(labelOf(Buffer.from([0x4d, 0xfc, 0x6c]))).toBe('M\\xFCl');
  });
});
