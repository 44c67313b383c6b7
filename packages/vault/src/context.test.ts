import fc from 'fast-check';
import { expect, test } from 'vitest';
import { context } from './context.ts';
import { hex } from './hex.testing.ts';

const part = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.uint8Array({ maxLength: 6 }),
  fc.nat({ max: Number.MAX_SAFE_INTEGER }),
);
const list = fc.array(part, { minLength: 1, maxLength: 4 });
const spelled = (parts: readonly (string | Uint8Array | number)[]) =>
  JSON.stringify(parts.map((each) => (each instanceof Uint8Array ? { bytes: hex(each) } : each)));

test('two contexts are the same bytes only if they are the same list', () => {
  fc.assert(
    fc.property(list, list, (a, b) => {
      expect(hex(context(...a)) === hex(context(...b))).toBe(spelled(a) === spelled(b));
    }),
  );
});

test('where one part ends and the next begins makes another context, and so does its kind', () => {
  const texts = [['ab'], ['a', 'b'], ['', 'ab'], ['ab', '']].map((parts) => hex(context(...parts)));
  const kinds = [context('\x01'), context(Uint8Array.of(1)), context(1)].map(hex);
  expect(new Set([...texts, ...kinds]).size).toBe(7);
});

test('a context of long parts, and of parts that are not ASCII from some place on, is encoded as the format says', () => {
  const bytes = new TextEncoder();
  const parts = [
    'x'.repeat(1500),
    `${'a'.repeat(700)}\u00e9\u{1f600}`,
    new Uint8Array(3000).fill(7),
    'end',
    2 ** 40 + 5,
  ];
  const expected = parts.flatMap((part) => {
    const number = new Uint8Array(8);
    if (typeof part === 'number') new DataView(number.buffer).setBigUint64(0, BigInt(part));
    const value = typeof part === 'string' ? bytes.encode(part) : typeof part === 'number' ? number : part;
    const head = new Uint8Array(5);
    head[0] = typeof part === 'string' ? 1 : typeof part === 'number' ? 3 : 2;
    new DataView(head.buffer).setUint32(1, value.length);
    return [...head, ...value];
  });
  expect(hex(context(...parts))).toBe(hex(Uint8Array.from(expected)));
});

test.each([[[]], [['\ud800']], [[-1]], [[1.5]], [[2 ** 53]], [[Number.NaN]]])(
  'the context %j is refused',
  (parts: (string | number)[]) => {
    expect(() => context(...parts)).toThrow(expect.objectContaining({ code: 'VAULT_CONTEXT_WRONG' }));
  },
);
