import { type ClientError, images, type StudyRoad } from '@symbolon/client';
import type { SeriesRow } from '@symbolon/contract';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { exchange } from '../app/exchange.ts';
import { type Stack, stackOf } from './stack.ts';

type SeriesImages = { readonly stack: Stack; readonly error: ClientError | null; retry(): void };

export const imagesKey = 'series-images';

/** The images of a series: what is known of them, and page by page the rest. */
export function useSeriesImages(road: StudyRoad, series: SeriesRow | undefined): SeriesImages {
  const query = useInfiniteQuery({
    // A series that has grown since is asked for anew.
    queryKey: [imagesKey, road, series?.id, series?.instanceCount],
    queryFn: ({ pageParam, signal }) => images(exchange, road, series!.id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    enabled: series !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data, hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  const stack = useMemo(
    () =>
      stackOf(
        data?.pages.flatMap((page) => page.images) ?? [],
        series?.instanceCount ?? 0,
        data !== undefined && !hasNextPage,
      ),
    [data, hasNextPage, series?.instanceCount],
  );
  return { stack, error: query.error as ClientError | null, retry: () => void query.refetch() };
}
