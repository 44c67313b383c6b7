import { expect, test } from 'vitest';
import { setupRequest, tokenRequest } from './people.ts';

const token = { email: 'ada@example.org', password: 'x' };

test.each(['a\u0000b', 'a\nb', 'a\u001bb', '\u0085x y', '', '   '])('a label like %j is refused', (label) => {
  expect(tokenRequest.safeParse({ ...token, label }).success).toBe(false);
});

test.each(['CT 1', 'Röntgen am Markt', '山田病院'])('a label like %j is taken', (label) => {
  expect(tokenRequest.parse({ ...token, label }).label).toBe(label);
});

test('an account name with a zero byte, which PostgreSQL cannot keep, is refused', () => {
  const request = { ...token, secret: 's', accountName: 'Clinic\u0000' };
  expect(setupRequest.safeParse(request).success).toBe(false);
});
