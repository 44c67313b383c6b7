import { expect, test } from 'vitest';
import { permissionsDocument, writtenPermissions } from './permissions-document.ts';

test('docs/permissions.md is the catalogue as it is (node tools/permissions-document.ts writes it anew)', () => {
  expect(writtenPermissions()).toBe(permissionsDocument());
});
