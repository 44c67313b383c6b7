import { worklist } from '@symbolon/client';
import type { WorklistAnswer } from '@symbolon/contract';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { useMe } from '../app/session.ts';
import { recallWorklist, rememberWorklist } from './worklist-memory.ts';
import { queryOf, type Search, sameFilters } from './worklist-search.ts';

/** Somebody who types is not interrupted by answers to half a word. */
const typingMs = 300;
const lookAgainMs = 30_000;

type Worklist = {
  readonly search: Search;
  /** What the rows that are shown, or on their way, were asked for with. */
  readonly asked: Search;
  readonly query: UseQueryResult<WorklistAnswer>;
  change(search: Search): void;
};

/** What is looked for, and what was found; found again as it was left by whoever comes back. */
export function useWorklist(): Worklist {
  const { userId } = useMe();
  const [before] = useState(() => recallWorklist(userId));
  const [search, change] = useState(before.search);
  const asked = useSettled(search);
  const query = useQuery({
    queryKey: ['worklist', asked],
    queryFn: ({ signal }) => worklist(exchange, queryOf(asked), signal),
    placeholderData: keepPreviousData,
    // Whoever comes back, from sending above all, sees what there is now; the rows of before stand until then.
    staleTime: 0,
    refetchInterval: lookAgainMs,
  });
  useReturn(userId, search, before.scrollY, query.data !== undefined);
  return { search, asked, query, change };
}

/** Filters wait until nobody types any more; another page or another order does not. */
function useSettled(search: Search): Search {
  const [settled, setSettled] = useState(search);
  const typing = !sameFilters(settled, search);
  useEffect(() => {
    if (!typing) return setSettled(search);
    const timer = setTimeout(() => setSettled(search), typingMs);
    return () => clearTimeout(timer);
  }, [search, typing]);
  return typing ? settled : search;
}

function useReturn(userId: string, search: Search, scrollY: number, shown: boolean): void {
  const at = useRef(scrollY);
  const returned = useRef(false);
  useEffect(() => {
    if (!shown || returned.current) return;
    returned.current = true;
    if (scrollY > 0) requestAnimationFrame(() => globalThis.scrollTo({ top: scrollY, behavior: 'instant' }));
  }, [shown, scrollY]);
  useEffect(() => {
    const follow = (): void => {
      if (returned.current) at.current = globalThis.scrollY;
    };
    globalThis.addEventListener('scroll', follow, { passive: true });
    return () => globalThis.removeEventListener('scroll', follow);
  }, []);
  useEffect(() => {
    rememberWorklist(userId, { search, scrollY: at.current });
    return () => rememberWorklist(userId, { search, scrollY: at.current });
  }, [userId, search]);
}
