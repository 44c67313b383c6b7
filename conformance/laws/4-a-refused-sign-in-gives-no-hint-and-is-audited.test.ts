import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cli, type Exchange, type Owner, owner, startExchange } from '@symbolon/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson } from '../access/people-by-rows.ts';
import { type Answer, ask, type Question } from './ask.ts';
import { inDatabaseOf } from './database-of.ts';

let exchange: Exchange;
let me: Owner;
beforeAll(async () => {
  exchange = await startExchange({ env: { SYMBOLON_TRUSTED_PROXIES: '127.0.0.1' } });
  me = await owner(exchange);
});
afterAll(() => exchange?.dispose());

/** All that an answer tells: status, body byte for byte, and headers but for the clock's. */
function told({ status, headers, body }: Answer): unknown {
  const { date: _, ...rest } = headers;
  return { status, headers: rest, body: body.toString('latin1') };
}

async function refusals(): Promise<{ action: string; kind: string; outcome: string; address: string | null }[]> {
  return inDatabaseOf(exchange, (database) =>
    database
      .selectFrom('audit_records')
      .select(['action', 'kind', 'outcome', 'address'])
      .where('outcome', '=', 'refused')
      .orderBy('at')
      .execute(),
  );
}

/** Asks, and gives what was recorded meanwhile, too. */
async function askAndLook(path: string, question: Question): Promise<{ answer: Answer; recorded: unknown[] }> {
  const before = (await refusals()).length;
  const answer = await ask(exchange, path, question);
  return { answer, recorded: (await refusals()).slice(before) };
}

const signIn = (email: string, password: string): Question => ({ json: { email, password, label: 'x' } });

test('a wrong password and an unknown e-mail address are answered with the same bytes, and each is audited', async () => {
  const wrong = await askAndLook('/api/v1/tokens', signIn(me.email, 'not the password of anybody'));
  const unknown = await askAndLook('/api/v1/tokens', signIn('nobody@example.org', 'not the password of anybody'));
  const right = await askAndLook('/api/v1/tokens', signIn('nobody@example.org', me.password));
  expect(wrong.answer.status).toBe(401);
  expect(wrong.answer.json()).toMatchObject({ code: 'ACCESS_SIGN_IN_NEEDED' });
  expect(told(unknown.answer)).toEqual(told(wrong.answer));
  expect(told(right.answer)).toEqual(told(wrong.answer));
  const record = { action: 'token.create', kind: 'create', outcome: 'refused', address: '127.0.0.1' };
  for (const { recorded } of [wrong, unknown, right]) expect(recorded).toEqual([record]);
});

/** The two doors at which an e-mail address and a password are asked for. */
const signInDoors = [
  ['/api/v1/sessions', {}],
  ['/api/v1/tokens', { label: 'x' }],
] as const;

/** What the exchange has worked so far, in all its threads: other programs on the machine do not add to it. Units: milliseconds. */
function workedMs(): number {
  const tasks = `/proc/${exchange.process.pid}/task`;
  const nanoseconds = (task: string) => Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(tasks).reduce((sum, task) => sum + nanoseconds(task), 0) / 1e6;
}

let places = 0;
/** From somewhere nobody came from before, told by the proxy that the test is: tries there are counted by themselves. */
const fromElsewhere = (): Record<string, string> => {
  places += 1;
  return { 'x-forwarded-for': `10.9.${places >> 8}.${places & 255}` };
};

test.each(signInDoors)(
  'at %s whoever is nobody, has no password yet, was suspended or left is answered with the bytes of a wrong password, after as much work',
  async (path, more) => {
    const people = {
      suspended: await addPerson(exchange, { name: 'Suspended', role: 'member', like: me }),
      removed: await addPerson(exchange, { name: 'Removed', role: 'member', like: me }),
      invited: await addPerson(exchange, { name: 'Invited', role: 'member' }),
      elsewhere: await addPerson(exchange, { name: 'Elsewhere', role: 'member', like: me }),
    };
    await inDatabaseOf(exchange, async (database) => {
      for (const state of ['suspended', 'removed', 'invited'] as const)
        await database.updateTable('memberships').set({ state }).where('user_id', '=', people[state].userId).execute();
      // Where their role may be used is not where anybody asks from.
      const id = randomUUID();
      const of = database.selectFrom('memberships').where('user_id', '=', people.elsewhere.userId);
      const { account_id } = await of.select('account_id').executeTakeFirstOrThrow();
      const role = { id, account_id, name: `Role ${id}`, builtin: null, addresses: ['192.0.2.0/24'] };
      await database.insertInto('roles').values(role).execute();
      await database
        .updateTable('memberships')
        .set({ role_id: id })
        .where('user_id', '=', people.elsewhere.userId)
        .execute();
    });
    const wrong = 'not the password of anybody';
    const kinds: Readonly<Record<string, readonly [email: string, password: string]>> = {
      wrong: [me.email, wrong],
      nobody: ['nobody@example.org', wrong],
      'nobody, with the password of somebody': ['nobody@example.org', me.password],
      suspended: [people.suspended.email, me.password],
      removed: [people.removed.email, me.password],
      'not there yet': [people.invited.email, wrong],
      'not let in from here': [people.elsewhere.email, me.password],
    };
    const times = new Map<string, number>();
    let expected: unknown;
    // In turn, and the least of each: what else an exchange does only ever adds.
    for (let at = 0; at < 5; at += 1)
      for (const [kind, [email, password]] of Object.entries(kinds)) {
        const before = workedMs();
        const answer = await ask(exchange, path, { json: { email, password, ...more }, headers: fromElsewhere() });
        times.set(kind, Math.min(times.get(kind) ?? Number.POSITIVE_INFINITY, workedMs() - before));
        expected ??= told(answer);
        expect([kind, told(answer)]).toEqual([kind, expected]);
      }
    expect(expected).toMatchObject({ status: 401, body: expect.stringContaining('ACCESS_SIGN_IN_NEEDED') });
    for (const [kind, ms] of times) {
      // Without the derivation it would be a tenth.
      const ratio = ms / (times.get('wrong') as number);
      expect([kind, ratio > 0.6, ratio < 1.7, ratio]).toEqual([kind, true, true, ratio]);
    }
  },
);

test('too many tries are told of an e-mail address that nobody has as of one that somebody has', async () => {
  const answered: Record<string, unknown[]> = {};
  for (const email of [me.email, 'nobody-else@example.org']) {
    const headers = fromElsewhere();
    const json = { email, password: 'not the password of anybody' };
    const tries = await Promise.all(
      Array.from({ length: 24 }, () => ask(exchange, '/api/v1/sessions', { json, headers })),
    );
    // Seconds and minutes go on meanwhile.
    const late = tries.find(({ status }) => status === 429) as Answer;
    const { retryAfterSeconds, detail, ...rest } = late.json() as Record<string, unknown>;
    expect([typeof retryAfterSeconds, detail]).toEqual(['number', expect.stringContaining('Wait')]);
    answered[email] = [tries.map(({ status }) => status).sort(), rest];
  }
  const [somebody, nobody] = Object.values(answered);
  expect(nobody).toEqual(somebody);
});

test('unknown, malformed and foreign tokens are answered with the same bytes, and each is audited', async () => {
  const unknown = `symbolon_${randomBytes(32).toString('base64url')}`;
  const altered = me.token.slice(0, -1) + (me.token.endsWith('A') ? 'B' : 'A');
  const authorizations = [
    `Bearer ${unknown}`,
    `Bearer ${altered}`,
    `Bearer ${me.token}x`,
    `Bearer ${me.token.slice(9)}`,
    `Bearer ${me.token.toUpperCase()}`,
    `Bearer ${'x'.repeat(4000)}`,
    'Bearer not/a?token',
    'Bearer ',
    'Bearer',
    'Bearer two words',
    me.token,
    `Basic ${Buffer.from(`${me.email}:${me.password}`).toString('base64')}`,
    '!"§$%&',
    '',
  ];
  let expected: unknown;
  for (const authorization of authorizations) {
    const { answer, recorded } = await askAndLook('/api/v1/me', { headers: { authorization } });
    expected ??= told(answer);
    expect({ authorization, answer: told(answer) }).toEqual({ authorization, answer: expected });
    expect({ authorization, recorded }).toEqual({
      authorization,
      recorded: [{ action: 'profile.view', kind: 'execute', outcome: 'refused', address: '127.0.0.1' }],
    });
  }
  expect(expected).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer realm="symbolon"' } });
});

test('a wrong token is answered the same at every door, before anything is read', async () => {
  const question = { token: `symbolon_${randomBytes(32).toString('base64url')}` };
  const expected = told(await ask(exchange, '/api/v1/me', question));
  const doors: readonly (readonly [string, string, Question])[] = [
    ['POST', '/api/v1/held', { json: { sha256: [] } }],
    ['POST', '/api/v1/receipts', { body: '{broken', headers: { 'content-type': 'application/json' } }],
    ['POST', '/api/v1/studies/find', { json: { studyInstanceUid: '1.2.3' } }],
    ['GET', '/api/v1/studies/3e1c1b2e-0a55-4c41-8b0a-0d6bb1b6a001/originals', {}],
    ['POST', '/dicomweb/studies', { body: 'x', headers: { 'content-type': 'text/plain' } }],
    ['GET', '/dicomweb/studies', {}],
    ['GET', '/dicomweb/studies/1.2.3/metadata', {}],
  ];
  for (const [method, path, more] of doors) {
    const { answer, recorded } = await askAndLook(path, { ...more, ...question, method });
    expect({ path, answer: told(answer) }).toEqual({ path, answer: expected });
    expect({ path, recorded }).toMatchObject({ path, recorded: [{ outcome: 'refused' }] });
  }
});

test('a wrong set-up secret, and one used already, are answered with the same bytes, and audited', async () => {
  const json = { accountName: 'x', email: 'x@example.org', password: 'Zehn zahme Ziegen' };
  const secret = /\/setup#(\S+)/.exec(exchange.output())![1]!;
  const used = await askAndLook('/api/v1/setup', { json: { ...json, secret } });
  const wrong = await askAndLook('/api/v1/setup', { json: { ...json, secret: 'guessed' } });
  expect(told(wrong.answer)).toEqual(told(used.answer));
  expect(wrong.answer.json()).toMatchObject({ status: 401, code: 'SETUP_SECRET_WRONG' });
  for (const { recorded } of [used, wrong]) expect(recorded).toMatchObject([{ action: 'account.setup' }]);
});

test('the command line says one thing about a wrong token, and exits with 2', async () => {
  const file = join(dirname(exchange.dataDir), 'wrong-token');
  await writeFile(file, 'symbolon_not-one-of-ours\n');
  const result = await cli(['send', file, '--to', exchange.url, '--token-file', file], { exchange });
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('The token is not known, or no longer valid.');
  expect(result.stdout + result.stderr).not.toContain('symbolon_not-one-of-ours');
});
