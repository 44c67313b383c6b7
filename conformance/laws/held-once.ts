import { readFile } from 'node:fs/promises';
import { readPublicKey, verifyReceipt } from '@symbolon/client';
import { cli, type Exchange, type Owner } from '@symbolon/testbed';
import { expect } from 'vitest';
import { newHasher } from '../../packages/cli/src/exchange/hasher.ts';
import { openDetail } from '../../packages/server/src/audit/index.ts';
import { openKeys } from '../../packages/server/src/keys/index.ts';
import { ask } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestOf } from './folder-of.ts';
import type { Sent } from './sending-on.ts';

/** Which of these files the exchange says it holds. */
export async function heldOf(exchange: Exchange, me: Owner, digests: readonly string[]): Promise<string[]> {
  const answer = await ask(exchange, '/api/v1/held', { token: me.token, json: { sha256: digests } });
  expect(answer.status).toBe(200);
  return (answer.json() as { held: string[] }).held.sort();
}

/**
 * What Law 2 promises of everything that was sent: held, byte for byte what it was, once, named by a genuine receipt, and
 * recorded as stored in exactly one record of the audit. The exchange holds nothing else.
 */
export async function expectHeldOnce(exchange: Exchange, me: Owner, all: readonly Sent[]): Promise<void> {
  const digests = all.flatMap((sent) => sent.digests).sort();
  expect(new Set(digests).size).toBe(digests.length);
  await expectReceipts(exchange, all);
  for (const sent of all) {
    expect(await heldOf(exchange, me, sent.digests)).toEqual(sent.digests);
    expect(await originalsOf(exchange, me, sent.study)).toEqual(sent.digests);
    await expectListedOnce(exchange, me, sent);
  }
  expect((await storedInAudit(exchange)).sort()).toEqual(digests);
  const { instances } = await inDatabaseOf(exchange, (database) =>
    database
      .selectFrom('packs')
      .select(({ fn }) => fn.sum<string>('instance_count').as('instances'))
      .executeTakeFirstOrThrow(),
  );
  expect(Number(instances)).toBe(digests.length);
}

/** That each receipt is genuine and names every instance once; the last is verified by the command as well, with its files. */
async function expectReceipts(exchange: Exchange, all: readonly Sent[]): Promise<void> {
  const key = `${all[0]!.receipt}.key.pem`;
  expect(await cli(['receipt', 'key', '--to', exchange.url, '--out', key], { exchange })).toMatchObject({ code: 0 });
  const trusted = readPublicKey(await readFile(key, 'utf8'));
  for (const { receipt, digests } of all) {
    const { statement, contents } = await verifyReceipt(await readFile(receipt), trusted, newHasher);
    expect(contents.refused).toEqual([]);
    expect(contents.taken.map(({ sha256 }) => sha256).sort()).toEqual(digests);
    expect(statement.instances.map(({ sha256 }) => sha256)).toEqual(digests);
  }
  const { receipt, folder } = all.at(-1)!;
  const verified = await cli(['receipt', 'verify', receipt, '--key', key, '--files', folder], { exchange });
  expect(verified).toMatchObject({ code: 0 });
}

/** The digests of all files of a study as they come back, sorted; each as often as it comes. */
async function originalsOf(exchange: Exchange, me: Owner, study: string): Promise<string[]> {
  const found = await ask(exchange, '/api/v1/studies/find', { token: me.token, json: { studyInstanceUid: study } });
  const { studies } = found.json() as { studies: { id: string }[] };
  expect(studies).toHaveLength(1);
  const path = `/api/v1/studies/${studies[0]!.id}/originals`;
  const digests: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page = await ask(exchange, after === '' ? path : `${path}?${new URLSearchParams({ after })}`, me);
    expect(page.status).toBe(200);
    const { packs, next } = page.json() as Page;
    for (const { id, instances } of packs) {
      const { status, body } = await ask(exchange, `${path}/${id}`, me);
      expect(status).toBe(200);
      let at = 0;
      for (const { bytes } of instances) {
        digests.push(digestOf(body.subarray(at, at + bytes)));
        at += bytes;
      }
      expect(at).toBe(body.length);
    }
    after = next;
  }
  return digests.sort();
}
type Page = {
  readonly packs: readonly { readonly id: string; readonly instances: readonly { readonly bytes: number }[] }[];
  readonly next: string | null;
};

/** By what QIDO-RS counts and by what it lists. */
async function expectListedOnce(exchange: Exchange, me: Owner, { study, digests }: Sent): Promise<void> {
  const found = await ask(exchange, `/dicomweb/studies?StudyInstanceUID=${study}`, me);
  const [item, ...others] = found.json() as Record<string, { Value: unknown[] }>[];
  expect(others).toEqual([]);
  expect(item?.['00201208']?.Value).toEqual([digests.length]);
  const uids: string[] = [];
  for (;;) {
    const page = await ask(exchange, `/dicomweb/studies/${study}/instances?limit=1000&offset=${uids.length}`, me);
    const items = page.json() as Record<string, { Value: string[] }>[];
    if (items.length === 0) break;
    uids.push(...items.map((each) => each['00080018']!.Value[0]!));
  }
  expect(uids).toHaveLength(digests.length);
  expect(new Set(uids).size).toBe(digests.length);
}

/**
 * The digest of each instance that a record of the audit says was stored, as often as one says so. There is a record for
 * each pack, which is what one commit took of one series; its sealed detail lists the pack's instances.
 */
async function storedInAudit(exchange: Exchange): Promise<string[]> {
  const records = await inDatabaseOf(exchange, (database) =>
    database
      .selectFrom('audit_records')
      .innerJoin('studies', 'studies.id', 'audit_records.study_id')
      .select(['audit_records.id', 'audit_records.detail', 'studies.id as studyId'])
      .select(['studies.account_id as accountId', 'studies.patient_id as patientId'])
      .where('action', '=', 'instance.store')
      .where('kind', '=', 'create')
      .where('outcome', '=', 'success')
      .execute(),
  );
  const keys = await openKeys(exchange.keysDir, () => new Date(), { make: false });
  try {
    const details = await Promise.all(
      records.map(async ({ id, accountId, patientId, studyId, detail }) => {
        const study = { accountId, patientId, studyId, keyId: studyId };
        return (await openDetail(keys.chains, { id, accountId, study, detail })) as Detail;
      }),
    );
    expect(new Set(details.map(({ pack }) => pack)).size).toBe(details.length);
    return details.flatMap(({ instances }) => instances.map(({ sha256 }) => sha256));
  } finally {
    await keys.close();
  }
}
type Detail = { readonly pack: string; readonly instances: readonly { readonly sha256: string }[] };
