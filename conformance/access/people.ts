import { Agent } from 'node:https';
import type { Role } from '@symbolon/contract';
import type { Exchange } from '@symbolon/testbed';
import { expect } from 'vitest';
import { type Answer, ask, type Question } from '../laws/ask.ts';
import { inDatabaseOf } from '../laws/database-of.ts';

/** What the tests of people do again and again, on one exchange. */
export function peopleOf(exchange: () => Exchange) {
  const agent = new Agent({ keepAlive: true });
  const asks = (who: { token: string } | { cookie: string } | undefined, path: string, more: Question = {}) => {
    const question = { agent, ...more };
    if (who === undefined) return ask(exchange(), path, question);
    if ('token' in who) return ask(exchange(), path, { ...question, token: who.token });
    const headers = { ...question.headers, cookie: who.cookie, 'sec-fetch-site': 'same-origin' };
    return ask(exchange(), path, { ...question, headers });
  };
  const api = (who: Parameters<typeof asks>[0], path: string, question?: Question): Promise<Answer> =>
    asks(who, `/api/v1${path}`, question);
  /** The answer to what must be answered well. */
  const well = async <T>(who: Parameters<typeof asks>[0], path: string, question?: Question): Promise<T> => {
    const answer = await api(who, path, question);
    expect(answer.status, `${path}: ${answer.body}`).toBeLessThan(300);
    return answer.json() as T;
  };
  const cookieOf = ({ headers }: Answer): string => headers['set-cookie']![0]!.split(';')[0]!;

  async function roleId(accountId: string, builtin: Role): Promise<string> {
    return inDatabaseOf(exchange(), async (db) => {
      const roles = db.selectFrom('roles').select('id').where('account_id', '=', accountId);
      return (await roles.where('builtin', '=', builtin).executeTakeFirstOrThrow()).id;
    });
  }

  let count = 0;
  /** Invites somebody, who takes it up in a browser. */
  async function comes(by: Parameters<typeof asks>[0], role: string, email = `person-${++count}@example.org`) {
    const made = await well<{ user: { id: string }; invitation: { address: string } }>(by, '/users', {
      json: { email, roleId: role },
    });
    const password = `Sieben Schwäne schwimmen ${email.length} ${made.user.id.slice(0, 6)}`;
    const secret = made.invitation.address.split('#')[1]!;
    const taken = await api(undefined, '/invitations/accept', { json: { secret, password } });
    expect(taken.status, String(taken.body)).toBe(201);
    return { id: made.user.id, email, password, cookie: cookieOf(taken), secret };
  }

  return { api, well, cookieOf, roleId, comes };
}

/** Of a refusal: what it says. */
export const refusal = (answer: Answer): { status: number; code: unknown } => ({
  status: answer.status,
  code: (answer.json() as { code?: unknown }).code,
});
