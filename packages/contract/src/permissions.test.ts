import { describe, expect, test } from 'vitest';
import { permissions, rolePermissions, roles } from './permissions.ts';

describe('the table of permissions', () => {
  test('names each as object.verb and says what it allows in one sentence', () => {
    for (const [name, allows] of Object.entries(permissions)) {
      expect(name).toMatch(/^[a-z]+\.[a-z]+$/);
      expect(allows).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('has no permission that no role holds', () => {
    const held = new Set(Object.values(rolePermissions).flat());
    expect(Object.keys(permissions).filter((name) => !held.has(name as keyof typeof permissions))).toEqual([]);
  });

  test('gives the lowest role no way to a study', () => {
    expect(roles.at(-1)).toBe('guest');
    expect(rolePermissions.guest.filter((name) => /^(study|instance|receipt)\./.test(name))).toEqual([]);
  });
});
