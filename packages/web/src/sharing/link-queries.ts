import { createLink, links, linkUses, revokeLink } from '@symbolon/client';
import type { LinkRequest } from '@symbolon/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';

/** Often enough to see that a link is used while one waits for it; only while the page is looked at. */
const lookEveryMs = 15_000;

/** The links to one study, or all of the account. */
export function useLinks(studyId?: string) {
  return useQuery({
    queryKey: ['links', studyId ?? 'all'],
    queryFn: ({ signal }) => links(exchange, studyId, signal),
    refetchInterval: lookEveryMs,
    refetchIntervalInBackground: false,
  });
}

export function useLinkUses(linkId: string) {
  return useQuery({
    queryKey: ['link uses', linkId],
    queryFn: ({ signal }) => linkUses(exchange, linkId, signal),
    refetchInterval: lookEveryMs,
    refetchIntervalInBackground: false,
  });
}

export function useMakeLink(studyId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: LinkRequest) => createLink(exchange, studyId, request),
    // The answer carries the secret of the link: what nobody looks at any more is forgotten at once.
    gcTime: 0,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['links'] }),
  });
}

export function useRevoke(linkId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => revokeLink(exchange, linkId),
    onSettled: () => queries.invalidateQueries({ queryKey: ['links'] }),
  });
}
