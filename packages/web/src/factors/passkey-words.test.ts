import { expect, test } from 'vitest';
import { canAskForPasskeys, troubleOf } from './passkey-words.ts';

test.each([
  ['ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED', 'InvalidStateError', 'known'],
  ['ERROR_INVALID_DOMAIN', 'SecurityError', 'elsewhere'],
  ['ERROR_INVALID_RP_ID', 'SecurityError', 'elsewhere'],
  ['ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT', 'ConstraintError', 'not here'],
  ['ERROR_CEREMONY_ABORTED', 'AbortError', 'not given'],
  ['ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY', 'NotAllowedError', 'not given'],
  ['NotAllowedError', 'NotAllowedError', 'not given'],
  ['ERROR_AUTHENTICATOR_GENERAL_ERROR', 'UnknownError', 'unknown'],
])('%s over %s is %s', (code, cause, trouble) => expect(troubleOf(code, cause)).toBe(trouble));

test.each([
  ['exchange.example.org', true],
  ['localhost', true],
  ['192.0.2.1', false],
  ['[2001:db8::1]', false],
])('at %s passkeys can be asked for: %s', (hostname, expected) => {
  expect(canAskForPasskeys({ hostname, has: true })).toBe(expected);
  expect(canAskForPasskeys({ hostname, has: false })).toBe(false);
});
