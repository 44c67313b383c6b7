import type { GrantRow } from '@symbolon/contract';
import { expect, test } from 'vitest';
import { sharesOf, untilText, whatText } from './grant-words.ts';

const grant = (id: string, to: string, more: Partial<GrantRow> = {}): GrantRow => ({
  id,
  to: { kind: 'person', id: to, name: to },
  seriesId: null,
  grantedBy: 'Ada',
  grantedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
  revokedAt: null,
  ...more,
});

test('what somebody was granted in parts is one line, that says as much as the parts do together', () => {
  const soon = '2026-02-01T10:00:00.000Z';
  const late = '2026-03-01T10:00:00.000Z';
  const [eva, ben] = sharesOf([
    grant('1', 'Eva', { seriesId: 'a', expiresAt: late }),
    grant('2', 'Ben', { seriesId: 'a' }),
    grant('3', 'Eva', { seriesId: 'b', expiresAt: soon }),
    grant('4', 'Ben'),
  ]);
  expect([eva!.to.name, whatText(eva!)]).toEqual(['Eva', '2 series of it']);
  expect(untilText(eva!)).toMatch(/^until .*Mar/);
  expect([ben!.to.name, whatText(ben!), untilText(ben!)]).toEqual(['Ben', 'The whole study', 'until it is revoked']);
});
