import { session } from '@symbolon/client';
import type { Action, MeAnswer, SessionAnswer } from '@symbolon/contract';
import { type QueryClient, queryOptions, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { exchange, onSignInNeeded, settled } from './exchange.ts';
import { lock } from './lock.ts';

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal, client, queryKey }) => {
    const before = client.getQueryData<SessionAnswer>(queryKey);
    const ask = () => session(exchange, signal);
    const answer = await (before?.me ? settled(ask) : ask());
    // What is on the page stays there, behind the lock.
    if (before?.me && answer.steps?.[0] === 'unlock' && lock.engage()) return before;
    return answer;
  },
  staleTime: 30_000,
});

/** Whether somebody is signed in here, and who. */
export function useSession(): UseQueryResult<SessionAnswer> {
  return useQuery(sessionQuery);
}

/** All that is remembered but who is signed in. */
export const isOfPages = ({ queryKey }: { readonly queryKey: readonly unknown[] }): boolean =>
  queryKey[0] !== sessionQuery.queryKey[0];

/** What one person saw must not be there for the next: everything that was remembered goes. */
export function becomeSession(client: QueryClient, answer: SessionAnswer): void {
  client.removeQueries({ predicate: isOfPages });
  client.getMutationCache().clear();
  client.setQueryData(sessionQuery.queryKey, answer);
}

/** Set by the layout around every page that needs a sign-in. */
export const MeContext = createContext<MeAnswer | undefined>(undefined);

/** Who is signed in; only on pages that need it. */
export function useMe(): MeAnswer {
  const me = useContext(MeContext);
  if (me === undefined) throw new Error('this page stands outside of the layout that knows who is signed in');
  return me;
}

export function mayDo(me: MeAnswer, action: Action): boolean {
  return me.permissions.includes(action);
}

/** Pages of one browser tell each other that somebody signed out, or went on as another: what they saw must not stay in another tab. */
let channel: BroadcastChannel | undefined;
function between(): BroadcastChannel {
  channel ??= new BroadcastChannel('symbolon-session');
  return channel;
}

export function tellOtherTabs(): void {
  between().postMessage('signed out');
}

/**
 * A 401 on any call: the page's layout sees that nobody is signed in, and leads to the sign-in page and back. Who has something to
 * do first, as to accept new terms, is told there what.
 */
export function forgetOnSignOut(client: QueryClient): void {
  const forget = (): void => {
    if (client.getQueryData(sessionQuery.queryKey)?.me) becomeSession(client, { state: 'signed out', me: null });
  };
  onSignInNeeded(() => {
    forget();
    void client.invalidateQueries(sessionQuery);
  });
  between().addEventListener('message', () => {
    forget();
    // Who went on in another account is still signed in.
    void client.invalidateQueries(sessionQuery);
  });
}
