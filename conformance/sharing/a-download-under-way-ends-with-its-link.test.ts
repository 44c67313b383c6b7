import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import {
  cli,
  ctStudy,
  type Exchange,
  type Owner,
  owner,
  type SyntheticFile,
  startExchange,
  writeFolder,
} from '@symbolon/testbed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, multipart } from '../laws/ask.ts';

let exchange: Exchange;
let me: Owner;
let folder: string;
beforeAll(async () => {
  exchange = await startExchange();
  me = await owner(exchange);
  folder = await mkdtemp('/tmp/sx-links-');
  // 100 MB: more than what the sockets of both ends hold.
  await writeFolder(folder, ctStudy({ seed: 3, slices: 50, rows: 1024, columns: 1024 }));
  await cli(['send', folder, '--to', exchange.url, '--token-file', me.tokenFile], { exchange, cwd: folder });
});
afterAll(async () => {
  await exchange?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Reads a piece, waits until every buffer on the way is full, does that, and reads the rest. */
async function download(
  path: string,
  headers: Readonly<Record<string, string>>,
  halfWay: () => Promise<unknown>,
): Promise<{ complete: boolean; got: number }> {
  const { hostname, port } = new URL(exchange.url);
  let got = 0;
  const complete = await new Promise<boolean>((resolve, reject) => {
    const asked = request({ hostname, port, path, headers, ca: exchange.ca, agent: false }, async (answer) => {
      answer.on('error', () => resolve(false));
      answer.on('close', () => resolve(answer.complete));
      for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
        got += (chunk as Buffer).length;
        break;
      }
      await pause(1500);
      await halfWay();
      answer.on('data', (chunk: Buffer) => {
        got += chunk.length;
      });
      answer.resume();
    });
    asked.once('error', reject);
    asked.end();
  });
  return { complete, got };
}

test('a zip that is half-way breaks off within seconds when its link is revoked, and never ends well', async () => {
  const { studies } = (await ask(exchange, '/api/v1/studies/search', { token: me.token, json: {} })).json() as {
    studies: { id: string; bytes: number }[];
  };
  const json = { expiresAt: new Date(Date.now() + 3_600_000).toISOString(), download: true };
  const made = await ask(exchange, `/api/v1/studies/${studies[0]?.id}/links`, { token: me.token, json });
  const { link, address } = made.json() as { link: { id: string }; address: string };
  const opened = await ask(exchange, `/api/v1/shared/${link.id}/open`, {
    json: { secret: address.slice(address.indexOf('#') + 1) },
  });
  const cookie = (opened.headers['set-cookie']?.[0] ?? '').split(';')[0] as string;
  const path = `/api/v1/shared/${link.id}/study/archive`;
  const { complete, got } = await download(path, { cookie, 'sec-fetch-site': 'same-origin' }, () =>
    ask(exchange, `/api/v1/links/${link.id}`, { method: 'DELETE', token: me.token }),
  );
  expect(complete).toBe(false);
  expect(got).toBeLessThan((studies[0]?.bytes ?? 0) / 2);
});

describe('over DICOMweb, when the token that asked for it is revoked, so does', () => {
  let large: SyntheticFile;
  beforeAll(async () => {
    [large] = [...ctStudy({ seed: 4, slices: 1, rows: 7000, columns: 7000 })] as [SyntheticFile];
    const { body, headers } = multipart([large.bytes]);
    expect((await ask(exchange, '/dicomweb/studies', { token: me.token, body, headers })).status).toBe(200);
  });

  test.each([
    [
      'one large instance',
      () => `/series/${large.seriesInstanceUid}/instances/${large.sopInstanceUid}`,
      'application/dicom',
    ],
    ['a study as a zip', () => '', 'application/zip'],
  ])('%s', async (_, below, accept) => {
    const json = { email: me.email, password: me.password, label: `stolen for ${accept}` };
    const { token } = (await ask(exchange, '/api/v1/tokens', { json })).json() as { token: string };
    const { tokens } = (await ask(exchange, '/api/v1/tokens', { token: me.token })).json() as {
      tokens: { id: string; label: string }[];
    };
    const stolen = tokens.find(({ label }) => label === json.label)!.id;
    const path = `/dicomweb/studies/${large.studyInstanceUid}${below()}`;
    const asked = { authorization: `Bearer ${token}`, accept };
    const whole = await download(path, asked, async () => {});
    // In the zip its README, its DICOMDIR and the list of all three are beside it.
    const beside = whole.got - large.bytes.length;
    expect([whole.complete, beside > 0, beside < 10_000]).toEqual([true, accept === 'application/zip', true]);
    const { complete, got } = await download(path, asked, async () =>
      expect((await ask(exchange, `/api/v1/tokens/${stolen}`, { method: 'DELETE', token: me.token })).status).toBe(200),
    );
    expect(complete).toBe(false);
    expect(got).toBeLessThan(large.bytes.length / 2);
  });
});

describe('a zip that is half-way in a browser breaks off', () => {
  let at = 0;
  /** Somebody else of the account, signed in with a browser: their id, and their cookie. */
  const colleague = async () => {
    type Listed = { readonly roles: readonly { readonly id: string; readonly builtin: string | null }[] };
    const { roles } = (await ask(exchange, '/api/v1/roles', { token: me.token })).json() as Listed;
    const roleId = roles.find(({ builtin }) => builtin === 'administrator')!.id;
    const json = { email: `colleague-${at++}@example.org`, roleId };
    const made = (await ask(exchange, '/api/v1/users', { token: me.token, json })).json() as {
      readonly user: { readonly id: string };
      readonly invitation: { readonly address: string };
    };
    const accepted = await ask(exchange, '/api/v1/invitations/accept', {
      json: { secret: made.invitation.address.split('#')[1], password: 'Sieben Bojen im Nebel', as: 'session' },
    });
    const cookie = (accepted.headers['set-cookie']?.[0] ?? '').split(';')[0] as string;
    return { userId: made.user.id, cookie };
  };

  test.each([
    [
      'is suspended',
      (userId: string) => ask(exchange, `/api/v1/users/${userId}/suspension`, { token: me.token, method: 'POST' }),
    ],
    [
      'gets another role, though that one may download as well',
      async (userId: string) => {
        const decisions = { 'study.view': 'permit', 'study.view.identity': 'permit', 'study.download': 'permit' };
        const role = await ask(exchange, '/api/v1/roles', { token: me.token, json: { name: 'Downloads', decisions } });
        const { id: roleId } = role.json() as { readonly id: string };
        return ask(exchange, `/api/v1/users/${userId}/role`, { token: me.token, method: 'PUT', json: { roleId } });
      },
    ],
  ])('when who asked for it %s, and their next request is refused', async (_, change) => {
    const { studies } = (await ask(exchange, '/api/v1/studies/search', { token: me.token, json: {} })).json() as {
      studies: { id: string; bytes: number }[];
    };
    const whole = studies.toSorted((one, other) => other.bytes - one.bytes)[0]!;
    const { userId, cookie } = await colleague();
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    expect((await ask(exchange, '/api/v1/me', { headers })).status).toBe(200);
    const { complete, got } = await download(`/api/v1/studies/${whole.id}/archive`, headers, async () => {
      expect((await change(userId)).status).toBe(200);
      expect((await ask(exchange, '/api/v1/me', { headers })).status).toBe(401);
    });
    expect(complete).toBe(false);
    expect(got).toBeLessThan(whole.bytes / 2);
  });
});
