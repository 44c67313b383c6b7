import { Agent } from 'node:https';
import type { Exchange, Owner, SyntheticFile } from '@symbolon/testbed';
import { expect } from 'vitest';
import { type Answer, ask } from './ask.ts';
import { digestOf } from './folder-of.ts';

export const digestsOf = (files: readonly SyntheticFile[]): string[] =>
  files.map(({ bytes }) => digestOf(bytes)).sort();

/** The SHA-256 of those of these files that the exchange says it holds, sorted. */
export async function heldOf(exchange: Exchange, me: Owner, files: readonly SyntheticFile[]): Promise<string[]> {
  const answer = await ask(exchange, '/api/v1/held', { token: me.token, json: { sha256: digestsOf(files) } });
  expect(answer.status).toBe(200);
  return (answer.json() as { held: string[] }).held.sort();
}

/** One instance over DICOMweb, as it was sent. */
export function instanceOf(exchange: Exchange, me: Owner, file: SyntheticFile, agent?: Agent): Promise<Answer> {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = file;
  const path = `/dicomweb/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
  const headers = { accept: 'application/dicom; transfer-syntax=*' };
  return ask(exchange, path, { token: me.token, headers, ...(agent && { agent }) });
}

/** That these files are all that the account holds: each byte for byte, counted once, and once in the audit. */
export async function expectAllBack(exchange: Exchange, me: Owner, files: readonly SyntheticFile[]): Promise<void> {
  expect(await heldOf(exchange, me, files)).toEqual(digestsOf(files));
  const agent = new Agent({ keepAlive: true });
  try {
    for (const file of files) {
      const { status, body } = await instanceOf(exchange, me, file, agent);
      expect([status, digestOf(body)]).toEqual([200, digestOf(file.bytes)]);
    }
  } finally {
    agent.destroy();
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  expect((await ask(exchange, '/api/v1/usage', me)).json()).toMatchObject({ instances: files.length, bytes });
  expect(await recorded(exchange, me, 'instance.store')).toBe(files.length);
}

/** How many instances the audit says an action brought. */
export async function recorded(exchange: Exchange, me: Owner, action: string): Promise<number> {
  let instances = 0;
  for (let before = ''; ; ) {
    const answer = await ask(exchange, `/api/v1/audit?kind=create&action=${action}${before}`, me);
    const { records, next } = answer.json() as Page;
    // What was turned away is recorded, too, under the same action.
    for (const { outcome, action: what, detail } of records)
      if (outcome === 'success' || what === 'instance.keep-aside') instances += detail.instances;
    if (next === null) return instances;
    before = `&before=${next}`;
  }
}
type Page = {
  readonly records: readonly { outcome: string; action: string; detail: { instances: number } }[];
  readonly next: string | null;
};
