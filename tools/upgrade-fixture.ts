/**
 * `node tools/upgrade-fixture.ts [CHECKOUT]` keeps a data folder as this release writes it, or that of another checkout:
 * conformance/upgrade/fixtures. docs/formats/upgrades.md says when.
 */
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cli, ctStudy, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { ask, multipart } from '../conformance/laws/ask.ts';
import { digestOf, folderOf, send } from '../conformance/laws/folder-of.ts';
import { debianPostgres } from '../conformance/upgrade/debian-postgres.ts';
import { type Fixture, fixtureFolder } from '../conformance/upgrade/fixture.ts';

const [checkout] = process.argv.slice(2);
const secrets = { password: 'Zwölf Boxkämpfer jagen Viktor', passphrase: 'quer über den großen Sylter Deich' };
const people = ['Meyer^Anna', 'Šimůnková^Ľudmila', '山田^太郎'];
const files = (at: number, patientName = people[at]!) => [
  ...ctStudy({ seed: 4000 + at, slices: 3, rows: 24, columns: 24, person: { patientName, patientId: `F-${at}` } }),
];

const root = await mkdtemp('/tmp/sx-fixture-');
// As root, PostgreSQL runs as another user, who must get through.
await chmod(root, 0o711);
const postgres = debianPostgres(join(root, 'postgres'));
const exchange = await startExchange({ ...(checkout && { checkout }), env: { DATABASE_URL: postgres.url } });
try {
  const me = await owner(exchange, { accountName: 'Klinikum Früher', name: 'Mara Ölund', password: secrets.password });
  await keep(await filled(exchange, me), exchange);
} finally {
  await exchange.dispose();
  postgres.stop();
  await rm(root, { recursive: true, force: true });
}

/** Everything that the release keeps: studies, versions aside, a choice, a link, a quota, a schedule, rotated keys, a backup. */
async function filled(on: Exchange, me: Owner): Promise<Omit<Fixture, 'madeAt' | 'migrations' | 'audit'>> {
  const put = (path: string, json: unknown) => ask(on, path, { method: 'PUT', token: me.token, json });
  for (const at of people.keys()) await folderOf(join(root, 'cd', String(at)), files(at));
  must(await send(on, me, join(root, 'cd'), join(root, 'receipt.json')));
  const search = async (name: string): Promise<string> => {
    const answer = await ask(on, '/api/v1/studies/search', { token: me.token, json: { name } });
    return (answer.json() as { studies: { id: string }[] }).studies[0]!.id;
  };
  // One version is taken, another waits.
  const [taken, waiting] = [files(1, 'Nová^Ľudmila'), files(2, '山本^太郎').slice(0, 1)];
  for (const again of [taken, waiting])
    await ask(on, '/dicomweb/studies', { token: me.token, ...multipart(again.map(({ bytes }) => bytes)) });
  const conflicts = ['conflicts', 'choose', '--study', await search('Šimůnková'), '--take', 'new'];
  must(await cli([...conflicts, '--from', on.url, '--token-file', me.tokenFile], { exchange: on }));

  const link = { password: 'Sieben Schneider', note: 'Für Dr. Früher', expiresAt: inDays(30) };
  const made = await ask(on, `/api/v1/studies/${await search('Meyer')}/links`, { token: me.token, json: link });
  const { address } = made.json() as { address: string };
  const maxBytes = 10_000_000;
  await put('/api/v1/quota', { maxInstances: null, maxBytes });
  const { status } = await put('/api/v1/keys/schedule', { patientDays: 180 });
  const key = (await ask(on, '/api/v1/receipt-key')).json() as { fingerprint: string };

  const { accountId } = (await ask(on, '/api/v1/me', me)).json() as { accountId: string };
  await writeFile(join(root, 'passphrase'), secrets.passphrase, { mode: 0o600 });
  const backup = ['backup', '--out', join(root, 'keys.backup'), '--passphrase-file', join(root, 'passphrase')];
  for (const args of [['rotate', '--patients'], ['rotate', '--account', accountId], ['rotate', '--root'], backup])
    must(await cli(['keys', ...args], { exchange: on }));
  const digests = (of: readonly { bytes: Uint8Array }[]): string[] => of.map(({ bytes }) => digestOf(bytes)).sort();
  return {
    owner: { accountName: me.accountName, email: me.email, password: me.password },
    token: me.token,
    receiptKey: key.fingerprint,
    passphrase: secrets.passphrase,
    studies: people.map((_, at) => ({
      uid: files(at)[0]!.studyInstanceUid,
      familyName: ['Meyer', 'Nová', '山田'][at]!,
      sha256: digests(at === 1 ? taken : files(at)),
      other: at === 1 ? digests(files(1)) : [],
    })),
    keptAside: { uid: waiting[0]!.studyInstanceUid, sha256: digestOf(waiting[0]!.bytes) },
    link: { path: new URL(address).pathname + new URL(address).hash, password: link.password, note: link.note },
    maxBytes,
    ...(status === 200 && { patientDays: 180 }),
  };
}

async function keep(made: Omit<Fixture, 'madeAt' | 'migrations' | 'audit'>, on: Exchange): Promise<void> {
  const code = await on.stop();
  if (code !== 0) throw new Error(`the exchange ended with ${code}`);
  const sql = postgres.asSql();
  const column = (pattern: RegExp): string[] => [...sql.matchAll(pattern)].map(([, value = '']) => value);
  const migrations = column(/^INSERT INTO public\.kysely_migration VALUES \('([^']+)'/gm).sort();
  const audit: Record<string, number> = {};
  for (const action of column(/^INSERT INTO public\.audit_records VALUES \(.*?, '([a-z]+\.[a-z-]+)'/gm))
    audit[action] = (audit[action] ?? 0) + 1;
  const to = fixtureFolder(migrations.at(-1)!);
  await rm(to, { recursive: true, force: true });
  // Large identity halves have a store of their own; none of these is large.
  await cp(join(on.dataDir, 'images'), join(to, 'data/images'), { recursive: true });
  await mkdir(join(to, 'keys'));
  await cp(join(on.keysDir, 'roots.json'), join(to, 'keys/roots.json'));
  for (const name of ['keyring.sqlite', 'key-store.sqlite']) {
    const database = new DatabaseSync(join(on.keysDir, name));
    database.exec(`vacuum into '${join(to, 'keys', name)}'`);
    database.close();
  }
  for (const name of ['receipt.json', 'keys.backup']) await cp(join(root, name), join(to, name));
  await writeFile(join(to, 'database.sql'), sql);
  const all: Fixture = { madeAt: new Date().toISOString(), migrations, ...made, audit };
  await writeFile(join(to, 'made.json'), `${JSON.stringify(all, undefined, 2)}\n`);
  process.stdout.write(`${to}\n`);
}

function must({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }): void {
  if (code !== 0) throw new Error(`a command ended with ${code}: ${stderr}${stdout}`);
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}
