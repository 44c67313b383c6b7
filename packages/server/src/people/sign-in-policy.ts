import type {
  SignInEffect,
  SignInEffectKind,
  SignInEffectsAnswer,
  SignInPolicy,
  SignInPolicyAnswer,
  signInEffectsRequest,
  signInPolicyRequest,
} from '@symbolon/contract';
import type { z } from 'zod';
import type { SignedIn } from '../access/index.ts';
import type { ListDeps } from './list-members.ts';
import { type ChangeDeps, changingAccount } from './member-change.ts';
import { requirePasswordChange } from './own-sessions.store.ts';
import { effectsOf, type PersonFacts } from './sign-in-effects.ts';
import { peopleOf, signInPolicyOf, writeSignInPolicy } from './sign-in-policy.store.ts';

const atOnce = 20;

export async function showSignInPolicy(deps: ListDeps, actor: SignedIn): Promise<SignInPolicyAnswer> {
  await deps.looks.record({ actor, action: 'policy.view', kind: 'read', outcome: 'success' });
  return { policy: await signInPolicyOf(deps.database, actor.accountId) };
}

/** Those rules in which the two differ, as they were and as they are. */
function changed(before: SignInPolicy, after: SignInPolicy) {
  const names = (Object.keys(after) as (keyof SignInPolicy)[]).filter((name) => before[name] !== after[name]);
  const of = (policy: SignInPolicy) => Object.fromEntries(names.map((name) => [name, policy[name]]));
  return { before: of(before), after: of(after) };
}

/**
 * How people of the account sign in, from everybody's next request on. Who sets it is led through what is asked of them like all
 * others: each step can be done by who is signed in, so that nobody is locked out by it.
 */
export function setSignInPolicy(
  deps: ChangeDeps,
  asker: SignedIn,
  { policy, changePasswords }: z.output<typeof signInPolicyRequest>,
): Promise<SignInPolicyAnswer> {
  return changingAccount(deps, asker, 'policy.set', async ({ trx, actor }) => {
    const { accountId } = actor;
    const before = await signInPolicyOf(trx, accountId);
    await writeSignInPolicy(trx, accountId, policy);
    if (changePasswords)
      await requirePasswordChange(
        trx,
        (await peopleOf(trx, accountId)).map(({ id }) => id),
      );
    const detail = { ...changed(before, policy), ...(changePasswords && { changePasswords }) };
    await deps.audit.record(trx, [{ actor, action: 'policy.set', kind: 'update', outcome: 'success', detail }]);
    return { policy };
  });
}

/** What such a change would do, and to whom; nothing is changed. */
export async function signInEffects(
  deps: ListDeps,
  actor: SignedIn,
  { policy: after, changePasswords, more }: z.output<typeof signInEffectsRequest>,
): Promise<SignInEffectsAnswer> {
  await deps.looks.record({ actor, action: 'policy.view', kind: 'read', outcome: 'success' });
  const before = await signInPolicyOf(deps.database, actor.accountId);
  const people = await peopleOf(deps.database, actor.accountId);
  const all = [...effectsOf(people, { before, after, changePasswords }, deps.now())];
  return {
    effects: all
      .filter(([kind]) => more === undefined || more.kind === kind)
      .map(([kind, some]) => shown(kind, some, actor.userId, more?.before)),
  };
}

/** Behind somebody who is not among them any more they begin anew. */
function shown(kind: SignInEffectKind, all: readonly PersonFacts[], me: string, before?: string): SignInEffect {
  const from = before === undefined ? 0 : all.findIndex(({ id }) => id === before) + 1;
  const page = all.slice(from, from + atOnce);
  return {
    kind,
    count: all.length,
    you: all.some(({ id }) => id === me),
    people: page.map(({ id, name, email }) => ({ id, name, email })),
    next: from + atOnce < all.length ? (page.at(-1)?.id ?? null) : null,
  };
}
