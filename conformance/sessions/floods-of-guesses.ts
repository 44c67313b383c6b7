import { Agent } from 'node:https';
import type { Exchange, Owner } from '@symbolon/testbed';
import { expect, test } from 'vitest';
import { type Answer, ask } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';

type Here = { readonly exchange: Exchange; readonly me: Owner };

const drill = process.env.SYMBOLON_DRILL === '1';
/** Past the limit a guess costs the exchange some milliseconds; one that is looked at thirty. */
const guesses = drill ? 10_000 : 500;
const people = drill ? 400 : 60;

/** Another network each. */
const networkAt = (at: number): string => `100.${64 + (at >> 14)}.${(at >> 7) & 127}.${at & 127}`;
const deviceIn = ({ headers }: Answer): string =>
  (headers['set-cookie'] ?? []).find((cookie) => cookie.startsWith('__Host-symbolon-device='))?.split(';')[0] ?? '';
const sum = (all: Iterable<number>): number => [...all].reduce((one, other) => one + other, 0);

/** Guesses from thousands of networks, at one person and at everybody, with the real limits. The exchange believes the test where they come from. */
export function floodsOfGuesses(here: () => Here): void {
  const forgotten = () => inDatabaseOf(here().exchange, (database) => database.deleteFrom('attempts').execute());
  const records = async (): Promise<number> => {
    const found = await inDatabaseOf(here().exchange, (database) =>
      database
        .selectFrom('audit_records')
        .select(({ fn }) => fn.countAll<number>().as('many'))
        .where('action', '=', 'session.create')
        .where('outcome', '=', 'refused')
        .executeTakeFirstOrThrow(),
    );
    return Number(found.many);
  };
  const signIn = (email: string, password: string, from: string, more: { device?: string; agent?: Agent } = {}) => {
    const { device, agent } = more;
    const headers = { 'x-forwarded-for': from, ...(device !== undefined && { cookie: device }) };
    return ask(here().exchange, '/api/v1/sessions', { json: { email, password }, headers, ...(agent && { agent }) });
  };

  /** So many, with some at once over connections that stay; tells how many were answered how, at any time. */
  function flood(many: number, guess: (at: number, agent: Agent) => Promise<Answer>, atOnce: number) {
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce, ca: here().exchange.ca });
    const answered = new Map<number, number>();
    let next = 0;
    const guesser = async (): Promise<void> => {
      for (let at = next++; at < many; at = next++) {
        const { status } = await guess(at, agent);
        answered.set(status, (answered.get(status) ?? 0) + 1);
      }
    };
    const over = Promise.all(Array.from({ length: atOnce }, guesser)).then(() => agent.destroy());
    return { answered, over };
  }

  test(`of ${guesses} guesses at one person from as many networks sixty are looked at, and meanwhile the person gets in`, async () => {
    await forgotten();
    const { email, password } = here().me;
    let device = deviceIn(await signIn(email, password, '192.0.2.1'));
    const before = await records();
    const { answered, over } = flood(
      guesses,
      (at, agent) => signIn(email, `guess ${at}`, networkAt(at), { agent }),
      16,
    );
    // At the beginning, in the middle and near the end.
    for (const share of [0.1, 0.5, 0.8]) {
      await expect.poll(() => sum(answered.values()), { timeout: 120_000 }).toBeGreaterThan(share * guesses);
      const inside = await signIn(email, password, '192.0.2.1', { device });
      expect(inside.status).toBe(201);
      device = deviceIn(inside);
    }
    await over;
    expect(Object.fromEntries(answered)).toEqual({ 401: 60, 429: guesses - 60 });
    // What was looked at, that there was more, and how much more, each time the person got in.
    expect((await records()) - before).toBeLessThanOrEqual(60 + 1 + 2 * 3);
    expect((await signIn(email, password, networkAt(guesses))).status).toBe(429);
    await forgotten();
  });

  test(`while ${people} people are guessed at from as many networks at once, who comes with a known browser waits for none of these`, async () => {
    await forgotten();
    const { email, password } = here().me;
    const device = deviceIn(await signIn(email, password, '192.0.2.1'));
    const guess = (at: number, agent: Agent) =>
      signIn(`somebody-${at}@example.org`, 'a guess', networkAt(at), { agent });
    const { answered, over } = flood(people, guess, people);
    await expect.poll(() => sum(answered.values()), { timeout: 120_000 }).toBeGreaterThan(0);
    const before = sum(answered.values());
    expect((await signIn(email, password, '192.0.2.1', { device })).status).toBe(201);
    expect(sum(answered.values()) - before).toBeLessThan(people / 3);
    await over;
    const turnedAway = answered.get(503) ?? 0;
    expect(Object.fromEntries(answered)).toEqual({
      401: people - turnedAway,
      ...(turnedAway > 0 && { 503: turnedAway }),
    });
    await forgotten();
  });
}
