import { setTimeout as pause } from 'node:timers/promises';
import type { Erasure, ErasureCertificate, ErasurePreview } from '@symbolon/contract';
import type { Exchange, Owner } from '@symbolon/testbed';
import { expect } from 'vitest';
import { type Answer, ask } from './ask.ts';

/** The account's only study with this Study Instance UID, by its id. */
export async function studyIdOf(exchange: Exchange, me: Owner, studyInstanceUid: string): Promise<string | undefined> {
  const answer = await ask(exchange, '/api/v1/studies/find', { token: me.token, json: { studyInstanceUid } });
  return answer.status === 404 ? undefined : (answer.json() as { studies: { id: string }[] }).studies[0]?.id;
}

export const eraseAt = (exchange: Exchange, me: Owner, path: string, json: object = {}): Promise<Answer> =>
  ask(exchange, `/api/v1/${path}`, { token: me.token, json });

export async function previewOf(
  exchange: Exchange,
  me: Owner,
  path: string,
  json: object = {},
): Promise<ErasurePreview> {
  const answer = await eraseAt(exchange, me, path, { ...json, dryRun: true });
  expect([answer.status, answer.status === 200 ? '' : answer.body.toString()]).toEqual([200, '']);
  return answer.json() as ErasurePreview;
}

/** Erases, and waits until it is certified. */
export async function erased(
  exchange: Exchange,
  me: Owner,
  path: string,
  json: object = {},
): Promise<{ readonly erasure: Erasure; readonly certificate: ErasureCertificate; readonly text: string }> {
  const answer = await eraseAt(exchange, me, path, json);
  expect([answer.status, answer.status === 202 ? '' : answer.body.toString()]).toEqual([202, '']);
  const erasure = await certified(exchange, me, (answer.json() as Erasure).id);
  const { body } = await ask(exchange, `/api/v1/erasures/${erasure.id}/certificate`, me);
  return { erasure, certificate: JSON.parse(body.toString()) as ErasureCertificate, text: body.toString() };
}

export async function certified(exchange: Exchange, me: Owner, id: string): Promise<Erasure> {
  const until = Date.now() + 120_000;
  for (;;) {
    const erasure = (await ask(exchange, `/api/v1/erasures/${id}`, me)).json() as Erasure;
    if (erasure.state === 'certified') return erasure;
    if (Date.now() > until)
      throw new Error(`not certified: ${JSON.stringify(erasure)}\n${exchange.output().slice(-2000)}`);
    await pause(100);
  }
}
