import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { unlessSilent } from './store-body.ts';

test('a sender who falls silent is given up, and what they send after all is not ours', async () => {
  const body = new PassThrough();
  body.write('some');
  const heard: string[] = [];
  const reading = (async () => {
    for await (const chunk of unlessSilent(body, 50)) heard.push(String(chunk));
  })();
  await expect(reading).rejects.toMatchObject({ code: 'INTAKE_MULTIPART_BROKEN' });
  expect(heard).toEqual(['some']);
  const rest: string[] = [];
  body.on('data', (chunk) => rest.push(String(chunk)));
  body.end('more');
  await finished(body);
  expect(rest).toEqual(['more']);
});

test('time in which we do not read is not the silence of the sender', async () => {
  const body = new PassThrough();
  body.end('some');
  for await (const _ of unlessSilent(body, 50)) await pause(120);
  expect(body.readableEnded).toBe(true);
});
