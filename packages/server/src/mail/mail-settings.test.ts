import { expect, test } from 'vitest';
import { readMailSettings } from './mail-settings.ts';

const from = 'Symbolon <symbolon@example.org>';
const read = (smtp: string | undefined, more: Record<string, string> = {}) =>
  readMailSettings((name) => ({ SYMBOLON_MAIL_FROM: from, ...(smtp && { SYMBOLON_SMTP: smtp }), ...more })[name]);

test.each([
  ['smtp://mail.example.org', { host: 'mail.example.org', port: 587, tls: 'required', user: undefined }],
  ['smtps://mail.example.org', { port: 465, tls: 'at once' }],
  ['smtp://mail.example.org:25?tls=off', { port: 25, tls: 'off' }],
  ['smtp://localhost:25', { tls: 'off' }],
  ['smtp://127.0.0.1:25', { tls: 'off' }],
  ['smtp://[::1]:25', { host: '::1', tls: 'off' }],
  ['smtp://localhost:25?tls=required', { tls: 'required' }],
  ['smtp://us%40er:p%3Aw%2F@mail.example.org', { user: 'us@er', password: 'p:w/' }],
])('%s is read', (address, expected) => expect(read(address)).toMatchObject(expected));

test('the password may come from a file', () => {
  const password = { SYMBOLON_SMTP_PASSWORD_FILE: '/run/secrets/smtp' };
  expect(read('smtp://user@mail.example.org', password)).toMatchObject({
    user: 'user',
    password: undefined,
    passwordFile: '/run/secrets/smtp',
  });
});

test.each([
  [from, { name: 'Symbolon', address: 'symbolon@example.org' }],
  ['"Klinik, am See" <Mail@Example.org>', { name: 'Klinik, am See', address: 'mail@example.org' }],
  ['mail@example.org', { name: '', address: 'mail@example.org' }],
])('mails come from %s', (text, expected) =>
  expect(read('smtp://mail.example.org', { SYMBOLON_MAIL_FROM: text })).toMatchObject({ from: expected }),
);

test.each([
  ['http://mail.example.org', {}, 'SYMBOLON_SMTP must be'],
  ['mail.example.org:25', {}, 'SYMBOLON_SMTP must be'],
  ['smtp://mail.example.org/path', {}, 'SYMBOLON_SMTP must be'],
  ['smtp://mail.example.org:99999', {}, 'SYMBOLON_SMTP must be'],
  ['smtp://mail.example.org?tls=maybe', {}, '?tls=required'],
  ['smtp://mail.example.org?verify=no', {}, '?tls=required'],
  ['smtps://mail.example.org?tls=off', {}, 'TLS from the first byte'],
  ['smtp://user:secret-word@mail.example.org?tls=off', {}, 'in clear'],
  ['smtp://user@mail.example.org', {}, 'both user and password'],
  ['smtp://mail.example.org', { SYMBOLON_SMTP_PASSWORD_FILE: '/x' }, 'goes with a user'],
  ['smtp://user:secret-word@mail.example.org', { SYMBOLON_SMTP_PASSWORD_FILE: '/x' }, 'no password there'],
  ['smtp://mail.example.org', { SYMBOLON_MAIL_FROM: '' }, 'SYMBOLON_MAIL_FROM must be'],
  ['smtp://mail.example.org', { SYMBOLON_MAIL_FROM: 'Symbolon' }, 'SYMBOLON_MAIL_FROM must be'],
  ['smtp://mail.example.org', { SYMBOLON_MAIL_FROM: 'a@b.example, c@d.example' }, 'SYMBOLON_MAIL_FROM must be'],
  [
    'smtp://mail.example.org',
    { SYMBOLON_MAIL_FROM: 'x\r\nBcc: e@f.example <a@b.example>' },
    'SYMBOLON_MAIL_FROM must be',
  ],
  [undefined, {}, 'SYMBOLON_MAIL_FROM goes with SYMBOLON_SMTP'],
])('%s is refused with words and without the password', (address, more, words) => {
  const wrong = (read(address, more as Record<string, string>) as { wrong: string }).wrong;
  expect(wrong).toContain(words);
  expect(wrong).not.toContain('secret-word');
});

test('without any of it no mails are sent', () => expect(readMailSettings(() => undefined)).toBeUndefined());
