import { eximPeer, type MailServer, peerIsHere, startMailServer } from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MailSettings, readMailSettings } from './mail-settings.ts';
import { postmanOf } from './postman.ts';

const letter = { to: 'ada@example.org', subject: 'Grüße', text: 'ä\n.\nEnde\n', html: '<p>ä</p>' };

describe.skipIf(!peerIsHere(eximPeer))('a mail handed to Exim', () => {
  let server: MailServer;
  beforeAll(async () => {
    server = await startMailServer();
  });
  afterAll(() => server?.dispose());
  const send = async (changes: Partial<MailSettings> = {}, more: Partial<typeof letter> = {}): Promise<unknown> => {
    const settings = readMailSettings((name) => server.env[name]) as MailSettings;
    const postman = await postmanOf({ ...settings, ...changes }, 'https://exchange.example:8443');
    return postman({ ...letter, ...more }).then(
      () => 'sent',
      ({ problem, forGood }) => ({ problem, forGood }),
    );
  };

  test('goes out by STARTTLS with the password from the file, and comes as it was', async () => {
    expect(await send()).toBe('sent');
    const mail = await server.mailTo(letter.to);
    expect([mail.subject, mail.text, mail.html]).toEqual([letter.subject, letter.text, letter.html]);
    expect(mail.headers.get('received')).toMatch(/\(helo=exchange\.example\)|from exchange\.example/i);
  });

  test('does not go out where the certificate is nobody’s who is trusted, or of another name', async () => {
    expect(await send({ caFile: undefined })).toEqual({ problem: 'certificate', forGood: false });
    expect(await send({ host: '127.0.0.1' })).toEqual({ problem: 'certificate', forGood: false });
  });

  test('does not go out in clear where TLS is required and the server has none', async () => {
    const plain = await startMailServer({ tls: false });
    try {
      expect(await send({ port: plain.port })).toEqual({ problem: 'certificate', forGood: false });
      expect(await plain.mails()).toEqual([]);
    } finally {
      await plain.dispose();
    }
  });

  test('says why not: a wrong password, a refused mailbox, one that is put off, a server that is away', async () => {
    expect(await send({ password: 'another', passwordFile: undefined })).toEqual({
      problem: 'sign-in',
      forGood: false,
    });
    await server.answer('no@example.org', 'refuse');
    expect(await send({}, { to: 'no@example.org' })).toEqual({ problem: 'refused', forGood: true });
    await server.answer('later@example.org', 'put off');
    expect(await send({}, { to: 'later@example.org' })).toEqual({ problem: 'put off', forGood: false });
    expect(await send({ port: 1 })).toEqual({ problem: 'away', forGood: false });
  });

  test('to what is no single address is not even begun', async () => {
    for (const to of ['a@example.org, b@example.org', 'a@example.org\r\nRCPT TO:<b@example.org>', '<a@example.org>'])
      expect(await send({}, { to })).toEqual({ problem: 'refused', forGood: true });
  });

  test('needs the files that the settings name', async () => {
    await expect(send({ passwordFile: '/nowhere/at/all' })).rejects.toThrow('SYMBOLON_SMTP_PASSWORD_FILE');
    await expect(send({ caFile: '/nowhere/at/all' })).rejects.toThrow('SYMBOLON_SMTP_CA');
  });
});
