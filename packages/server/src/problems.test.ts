import { readFileSync } from 'node:fs';
import { problem, problemCodes } from '@symbolon/contract';
import { VaultError } from '@symbolon/vault';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { failureReasons } from './dicomweb/store-answer.ts';
import { KeysError } from './keys/index.ts';
import { PacksError } from './packs/index.ts';
import { BlobError } from './platform/blobs/blob-store.ts';
import { problemOf, problems } from './problems.ts';

const document = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

describe('the table of problems', () => {
  test.each(problemCodes)('%s has the status in docs/errors.md that it is answered with', (code) => {
    expect(document).toContain(`\n| \`${code}\` | ${problems[code].status} |`);
  });

  test('each refusal has the Failure Reason in docs/errors.md that it is answered with', () => {
    for (const [code, reason] of Object.entries(failureReasons))
      expect(document).toContain(`\n| \`${code}\` | ${reason.toString(16).toUpperCase().padStart(4, '0')}H |`);
  });

  test('whatever can be tried again says when', () => {
    for (const [code, { status, retryAfterSeconds }] of Object.entries(problems))
      expect(retryAfterSeconds !== undefined, code).toBe(status === 503);
  });
});

describe('the answer to an error', () => {
  const secret = 'DOE^JANE 1.2.840.99';

  test.each([
    ['a plain error', new Error(secret)],
    ['an error of the database', Object.assign(new Error(secret), { code: '23505', detail: secret })],
    ['a string', secret],
    ['nothing', undefined],
    ['null', null],
    ['a blob that exists already', new BlobError('BLOB_EXISTS', secret)],
  ])('that nobody foresaw, %s, is 500 and says nothing of it', (_, error) => {
    const answer = problemOf(error);
    expect(answer).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' });
    expect(JSON.stringify(answer)).not.toContain('DOE');
  });

  test.each([
    ['a damaged pack', new PacksError('PACK_DAMAGED', secret), 'SEALED_DATA_DAMAGED'],
    ['a tag that does not fit', new VaultError('VAULT_TAG_MISMATCH', secret), 'SEALED_DATA_DAMAGED'],
    ['a missing key', new KeysError('KEY_MISSING', secret), 'SEALED_DATA_DAMAGED'],
    ['keys that are away', new KeysError('KEYS_UNAVAILABLE', secret), 'KEYS_UNAVAILABLE'],
    ['an object that cannot be written', new BlobError('BLOB_WRITE_FAILED', secret), 'BLOBS_UNAVAILABLE'],
    ['an object that cannot be read', new BlobError('BLOB_READ_FAILED', secret), 'BLOBS_UNAVAILABLE'],
    ['a full disk', new BlobError('BLOB_STORE_FULL', secret), 'STORAGE_FULL'],
    ['a full disk of the database', Object.assign(new Error(secret), { code: '53100' }), 'STORAGE_FULL'],
    ['a database that shuts down', Object.assign(new Error(secret), { code: '57P01' }), 'DATABASE_UNAVAILABLE'],
    [
      'a database that refuses connections',
      Object.assign(new Error(secret), { code: 'ECONNREFUSED' }),
      'DATABASE_UNAVAILABLE',
    ],
    ['a malformed address', new z.ZodError([]), 'REQUEST_INVALID'],
    ['a body too large', Object.assign(new Error(secret), { statusCode: 413 }), 'REQUEST_TOO_LARGE'],
    ['a body that cannot be read', Object.assign(new Error(secret), { statusCode: 400 }), 'REQUEST_INVALID'],
  ])('for %s keeps its secrets too', (_, error, code) => {
    const answer = problemOf(error);
    expect(problem.parse(answer).code).toBe(code);
    expect(answer.status).toBe(problems[answer.code].status);
    expect(JSON.stringify(answer)).not.toContain('DOE');
  });

  test('to a body of the wrong form says where and why, never the value', () => {
    const validation = [
      { instancePath: '/password', message: 'Invalid input: expected string', params: { input: secret } },
    ];
    const answer = problemOf(Object.assign(new Error(secret), { statusCode: 400, validation }));
    expect(answer).toMatchObject({ code: 'REQUEST_INVALID', detail: '/password: Invalid input: expected string' });
  });
});
