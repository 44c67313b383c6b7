import { expect, test } from 'vitest';
import { inert, letterOf } from './letter.ts';

test.each([
  ['Dr. med. Ada Beispiel-Müller', 'Dr. med. Ada Beispiel-Müller'],
  ['ブラック・ジャック', 'ブラック・ジャック'],
  ['Ada\r\nBcc: evil@evil.example', 'Ada Bcc evil evil. example'],
  ['https://evil.example/now', 'https evil. example now'],
  ['Klinik \u202Enzilk\u202C', 'Klinik nzilk'],
  ['a\u2028b', 'a b'],
  ['<b>Ada</b>', 'b Ada b'],
  ['x'.repeat(300), 'x'.repeat(60)],
])('the name %j is told as %j', (name, told) => expect(inert(name)).toBe(told));

test('a letter says the same in plain text and in HTML, in which nothing of it is markup', () => {
  const words = {
    subject: 'A & B\r\nBcc: x',
    said: ['Hello "Ada" & <Bo>,'],
    link: { text: 'Open', address: 'https://exchange.example/reset#a.b' },
    below: ['Once.'],
  };
  const { to, subject, text, html } = letterOf('ada@example.org', words, 'https://exchange.example');
  expect([to, subject]).toEqual(['ada@example.org', 'A & B Bcc: x']);
  expect(text).toContain('Hello "Ada" & <Bo>,\n\nOpen:\nhttps://exchange.example/reset#a.b\n\nOnce.');
  expect(html).toContain('<p>Hello &#34;Ada&#34; &#38; &#60;Bo&#62;,</p>');
  expect(html).toContain('<a href="https://exchange.example/reset#a.b">Open</a>');
  expect(html).not.toMatch(/src=|url\(|<img|<link|<script/);
});
