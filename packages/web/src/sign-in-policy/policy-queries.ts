import { setSignInPolicy, signInEffects, signInPolicy } from '@symbolon/client';
import type { SignInEffectsRequest, SignInPolicyRequest } from '@symbolon/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { sessionQuery } from '../app/session.ts';

const queryKey = ['sign-in policy'];

export function useSignInPolicy() {
  return useQuery({ queryKey, queryFn: ({ signal }) => signInPolicy(exchange, signal), refetchOnWindowFocus: false });
}

/** What a change would do; never remembered: it is what somebody decides by. */
export function useEffects() {
  return useMutation({
    mutationFn: (request: SignInEffectsRequest) => signInEffects(exchange, request),
    gcTime: 0,
  });
}

/** Who set it may be the first whom it asks for something: their session is looked at again. */
export function useSetSignInPolicy() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: SignInPolicyRequest) => setSignInPolicy(exchange, request),
    onSuccess: (answer) => {
      queries.setQueryData(queryKey, answer);
      void queries.invalidateQueries(sessionQuery);
    },
  });
}
