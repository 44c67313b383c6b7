import type { FactorAnswer, InvitedAnswer, SessionAnswer, TotpEnrolment } from '@symbolon/contract';
import type { Exchange, Owner } from '@symbolon/testbed';
import { type Answer, ask, type Question } from '../laws/ask.ts';
import { oathCode } from './oath-code.ts';

export type Signer = { readonly email: string; readonly password: string };

/** The cookies that an answer gives, as a browser sends them: that of the session first, then that of the browser. */
export const cookiesOf = (answer: Answer): string =>
  (answer.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
export const sessionCookieOf = (answer: Answer): string => cookiesOf(answer).split('; ')[0] ?? '';

const withCookie = (cookie: string, more: Question = {}): Question => ({
  ...more,
  headers: { ...more.headers, cookie, 'sec-fetch-site': 'same-origin' },
});

export const codeOf = (answer: Answer): [number, string | undefined] => [
  answer.status,
  (answer.json() as { code?: string }).code,
];
export const stateOf = (answer: Answer): unknown => {
  const { state, steps } = answer.json() as SessionAnswer;
  return steps ?? state;
};

/** The hands of people who sign in to one exchange. */
export function signingIn(exchange: () => Exchange, keeper: () => Owner) {
  const send = (cookie: string, path: string, question: Question = {}): Promise<Answer> =>
    ask(exchange(), path, withCookie(cookie, question));
  const signIn = ({ email, password }: Signer, cookie = ''): Promise<Answer> =>
    send(cookie, '/api/v1/sessions', { json: { email, password } });
  let made = 0;
  return {
    send,
    signIn,
    /** Somebody new in the account, with a password of their own. */
    async newcomer(): Promise<Signer & { readonly id: string }> {
      made += 1;
      const email = `person-${made}@example.org`;
      const password = `Sieben Schwäne ziehen ${crypto.randomUUID()}`;
      const invited = await ask(exchange(), '/api/v1/users', { token: keeper().token, json: { email } });
      const { user, invitation } = invited.json() as InvitedAnswer;
      if (!('address' in invitation)) throw new Error('the invitation was mailed');
      const secret = invitation.address.split('#')[1];
      await ask(exchange(), '/api/v1/invitations/accept', { json: { secret, password } });
      return { email, password, id: user.id };
    },
    /** Sets an authenticator app up; the secret as the app keeps it, and the cookies of the session that goes on. */
    async withTotp(cookie: string) {
      const begun = (await send(cookie, '/api/v1/me/factors/totp', { method: 'POST' })).json() as TotpEnrolment;
      const { enrolment, secret } = begun;
      const json = { kind: 'totp', enrolment, label: 'Telefon', code: await oathCode(secret) };
      const answer = await send(cookie, '/api/v1/me/factors', { json });
      if (answer.status !== 201) throw new Error(`enrolment: ${answer.body}`);
      const { recoveryCodes } = answer.json() as FactorAnswer;
      return { secret, recoveryCodes, answer, cookie: cookiesOf(answer) };
    },
    prove: (cookie: string, proof: unknown, more: object = {}): Promise<Answer> =>
      send(cookie, '/api/v1/session/factor', { json: { proof, ...more } }),
  };
}
