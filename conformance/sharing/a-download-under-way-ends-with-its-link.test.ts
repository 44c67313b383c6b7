import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { cli, ctStudy, type Exchange, type Owner, owner, startExchange, writeFolder } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../laws/ask.ts';

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
  const { hostname, port } = new URL(exchange.url);
  const path = `/api/v1/shared/${link.id}/study/archive`;
  let got = 0;
  const complete = await new Promise<boolean>((resolve, reject) => {
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    const asked = request({ hostname, port, path, headers, ca: exchange.ca, agent: false }, async (answer) => {
      answer.on('error', () => resolve(false));
      answer.on('close', () => resolve(answer.complete));
      // One piece, then a pause that fills every buffer on the way; the rest only after the link was revoked.
      for await (const chunk of answer.iterator({ destroyOnReturn: false })) {
        got += (chunk as Buffer).length;
        break;
      }
      await pause(1500);
      await ask(exchange, `/api/v1/links/${link.id}`, { method: 'DELETE', token: me.token });
      answer.on('data', (chunk: Buffer) => {
        got += chunk.length;
      });
      answer.resume();
    });
    asked.once('error', reject);
    asked.end();
  });
  expect(complete).toBe(false);
  expect(got).toBeLessThan((studies[0]?.bytes ?? 0) / 2);
});
