import { passes } from '@symbolon/client';
import { QueryClient } from '@tanstack/react-query';

const maxDelayMs = 5000;

/**
 * What passes by itself is tried until it is answered, while the outage notice says so; a 4xx says the same the second time.
 * Changes are never tried twice: a person decides whether to.
 */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 10_000,
        retry: (_, error) => passes(error),
        retryDelay: (attempt, error) => {
          const asked = passes(error) ? (error.retryAfterMs ?? 0) : 0;
          return Math.max(asked, Math.min(maxDelayMs, 1000 * 2 ** Math.min(attempt, 10)));
        },
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
