import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cli, ctStudy, type Exchange, type Owner, startExchange } from '@symbolon/testbed';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeys } from '../../packages/server/src/keys/index.ts';
import { EmbeddedPostgres } from '../../packages/server/src/platform/db/embedded-postgres.ts';
import { fixtures } from '../upgrade/fixture.ts';
import { ask, multipart } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';
import { digestOf, digestsIn, fetchStudy } from './folder-of.ts';

const kept = await fixtures();

test('there is a kept data folder', () => {
  expect(kept.length).toBeGreaterThan(0);
});

describe.each(kept)('what was kept at $name', ({ at, made }) => {
  let exchange: Exchange;
  let me: Pick<Owner, 'token' | 'tokenFile'>;
  let root: string;

  beforeAll(async () => {
    exchange = await startExchange({
      async prepare({ dataDir, keysDir }) {
        await cp(join(at, 'data'), dataDir, { recursive: true });
        await cp(join(at, 'keys'), keysDir, { recursive: true });
        await loadInto(join(dataDir, 'postgres'), await readFile(join(at, 'database.sql'), 'utf8'));
      },
    });
    root = dirname(exchange.dataDir);
    const tokenFile = join(root, 'token');
    await writeFile(tokenFile, made.token, { mode: 0o600 });
    me = { token: made.token, tokenFile };
  }, 240_000);
  afterAll(() => exchange?.dispose());

  const json = async (path: string, body?: unknown): Promise<unknown> => {
    const answer = await ask(exchange, path, { token: me.token, ...(body === undefined ? {} : { json: body }) });
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.json();
  };
  const studyId = async (name: string): Promise<string> => {
    const { studies } = (await json('/api/v1/studies/search', { name })) as { studies: { id: string }[] };
    expect(studies, name).toHaveLength(1);
    return studies[0]!.id;
  };
  let fetches = 0;
  async function everythingComesBack(current = (study: (typeof made.studies)[number]) => study.sha256): Promise<void> {
    fetches += 1;
    for (const [number, study] of made.studies.entries()) {
      const out = join(root, `back-${fetches}-${number}`);
      expect(await fetchStudy(exchange, { ...me } as Owner, study.uid, out)).toMatchObject({ code: 0 });
      expect(await digestsIn(out)).toEqual([...current(study)].sort());
    }
  }

  test('is brought up to today’s tables when the exchange starts', async () => {
    const ran = await inDatabaseOf(exchange, (database) =>
      database
        .selectFrom('kysely_migration' as never)
        .selectAll()
        .execute(),
    );
    const names = ran.map((row) => (row as { name: string }).name);
    expect(names).toEqual(expect.arrayContaining([...made.migrations]));
    const newer = names.filter((name) => !made.migrations.includes(name));
    if (newer.length > 0) expect(exchange.output()).toContain(`made (${newer.join(', ')})`);
  });

  test('comes back byte for byte, and is found under the same names', async () => {
    await everythingComesBack();
    for (const { familyName } of made.studies) await studyId(familyName);
    const usage = (await json('/api/v1/usage')) as { instances: number; maxBytes: number };
    const versions = made.studies.reduce((sum, { sha256, other }) => sum + sha256.length + other.length, 1);
    expect(usage).toMatchObject({ instances: versions, maxBytes: made.maxBytes });
    if (made.patientDays !== undefined)
      expect(await json('/api/v1/keys/schedule')).toMatchObject({ patientDays: made.patientDays });
  });

  test('lets in who could come in: by password, by token, and by link', async () => {
    const { email, password } = made.owner;
    expect((await ask(exchange, '/api/v1/sessions', { json: { email, password } })).status).toBe(201);
    expect(await json('/api/v1/me')).toMatchObject({ email, accountName: made.owner.accountName });
    const { links } = (await json('/api/v1/links')) as { links: { id: string; note: string }[] };
    expect(links.map(({ note }) => note)).toEqual([made.link.note]);
    // A link lasts some weeks, and this one has been kept for longer.
    await inDatabaseOf(exchange, (database) =>
      database
        .updateTable('links')
        .set({ expires_at: new Date(Date.now() + 3_600_000) })
        .execute(),
    );
    const [, secret] = made.link.path.split('#');
    const open = { json: { secret, password: made.link.password } };
    expect((await ask(exchange, `/api/v1/shared/${links[0]!.id}/open`, open)).status).toBe(200);
  });

  test('has its whole audit, and every detail of it opens', async () => {
    const told: { action: string; at: string; detail: unknown }[] = [];
    for (let before: string | null = ''; before !== null; ) {
      const path = `/api/v1/audit${before === '' ? '' : `?before=${encodeURIComponent(before)}`}`;
      const page = (await json(path)) as { records: typeof told; next: string | null };
      told.push(...page.records);
      before = page.next;
    }
    const counts: Record<string, number> = {};
    for (const { action, at: when } of told) if (when <= made.madeAt) counts[action] = (counts[action] ?? 0) + 1;
    // What happened to no account, such as a look at the set-up page, is in no account's trail.
    expect(counts).toMatchObject(made.audit);
    // A detail that does not open says so in its place.
    expect(told.filter(({ detail }) => (detail as { unreadable?: true } | null)?.unreadable)).toEqual([]);
    const chosen = told.find(({ action }) => action === 'conflict.resolve');
    expect(chosen?.detail).toMatchObject({ choice: 'new' });
  });

  test('signs with the same key, and its receipt verifies', async () => {
    expect(await json('/api/v1/receipt-key')).toMatchObject({ fingerprint: made.receiptKey });
    const verify = ['receipt', 'verify', join(at, 'receipt.json'), '--fingerprint', made.receiptKey];
    expect(await cli(verify, { exchange })).toMatchObject({ code: 0 });
  });

  test('has its backup of the keys restored, and those are the keys', async () => {
    const folder = await mkdtemp(join(root, 'restored-'));
    await rm(folder, { recursive: true });
    await writeFile(join(root, 'passphrase'), made.passphrase, { mode: 0o600 });
    const restore = ['restore', '--from', join(at, 'keys.backup'), '--passphrase-file', join(root, 'passphrase')];
    const there = { dataDir: join(root, 'no-data'), keysDir: folder, checkout: exchange.checkout };
    expect(await cli(['keys', ...restore], { exchange: there })).toMatchObject({ code: 0 });
    const [restored, held] = await Promise.all(
      [folder, exchange.keysDir].map((place) => openKeys(place, () => new Date(), { make: false })),
    );
    const studies = await inDatabaseOf(exchange, (database) => database.selectFrom('studies').selectAll().execute());
    expect(studies).toHaveLength(made.studies.length);
    for (const { id, account_id: accountId, patient_id: patientId } of studies) {
      const place = { accountId, patientId, studyId: id, keyId: id };
      for (const chain of ['identity', 'image', 'audit'] as const)
        expect(await restored!.chains.study(chain, place)).toEqual(await held!.chains.study(chain, place));
    }
    await Promise.all([restored!.close(), held!.close()]);
  });

  test('takes what comes now, has its choices undone and its keys rotated, and everything opens after it', async () => {
    const more = [...ctStudy({ seed: 9_001, slices: 2, rows: 24, columns: 24 })].map(({ bytes }) => bytes);
    const stored = await ask(exchange, '/dicomweb/studies', { token: me.token, ...multipart(more) });
    expect(stored.status).toBe(200);
    const aside = made.studies.find(({ uid }) => uid === made.keptAside.uid)!;
    const waiting = await studyId(aside.familyName);
    const file = await ask(exchange, `/api/v1/studies/${waiting}/conflict/file`, {
      token: me.token,
      json: { sha256: made.keptAside.sha256 },
    });
    expect(digestOf(file.body)).toBe(made.keptAside.sha256);

    const decided = made.studies.find(({ other }) => other.length > 0)!;
    const id = await studyId(decided.familyName);
    const { choices } = (await json(`/api/v1/studies/${id}/conflict`)) as { choices: { id: string }[] };
    const undo = `/api/v1/studies/${id}/conflict/choices/${choices[0]!.id}`;
    expect((await ask(exchange, undo, { method: 'DELETE', token: me.token })).status).toBe(200);

    const { accountId } = (await json('/api/v1/me')) as { accountId: string };
    for (const args of [['--patients'], ['--account', accountId], ['--root']])
      expect(await cli(['keys', 'rotate', ...args], { exchange })).toMatchObject({ code: 0 });
    await exchange.restart();
    await everythingComesBack((study) => (study === decided ? study.other : study.sha256));
  });
});

/** Makes the exchange's own PostgreSQL, and puts into it what the release had in its own. */
async function loadInto(folder: string, sql: string): Promise<void> {
  const postgres = await EmbeddedPostgres.prepare(folder, () => {});
  await postgres.start();
  const client = new pg.Client(postgres.connection);
  await client.connect();
  await client.query(sql);
  await client.end();
  await postgres.stop();
}
