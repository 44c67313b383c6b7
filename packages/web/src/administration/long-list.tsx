import './styles.ts';
import { Button, Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './administration.module.css';

type LongListProps<Page, Item> = {
  readonly found: UseInfiniteQueryResult<InfiniteData<Page>>;
  readonly itemsOf: (page: Page) => readonly Item[];
  /** What screen readers hear while the first page is under way: “Loading the people”. */
  readonly waiting: string;
  readonly waitingRows?: number;
  /** In place of the list, where there is nothing. */
  readonly empty?: ReactNode;
  readonly children: (items: readonly Item[]) => ReactNode;
};

/** A list that comes a page at a time: while it is waited for, where it is empty, where it failed, and what shows more of it. */
export function LongList<Page, Item>(props: LongListProps<Page, Item>) {
  const { found, itemsOf, waiting, waitingRows = 1, empty, children } = props;
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = found;
  const foot = useRef<HTMLDivElement>(null);
  const items = data?.pages.flatMap(itemsOf) ?? [];
  const more = async () => {
    const { hasNextPage: another } = await fetchNextPage();
    // The button is gone with the last page: whoever pressed it by the keyboard goes on from where it was.
    if (!another) foot.current?.focus({ preventScroll: true });
  };
  // What was there stays there; what did not come is tried again where it would stand.
  const atFoot = found.isFetchNextPageError;
  return (
    <>
      {isPending && (
        <Stack gap="xs" role="status">
          <VisuallyHidden>{waiting}</VisuallyHidden>
          {Array.from({ length: waitingRows }, (_, at) => at).map((at) => (
            <Skeleton key={at} height={64} radius="md" />
          ))}
        </Stack>
      )}
      {error !== null && !atFoot && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (items.length === 0 && empty !== undefined ? empty : children(items))}
      <div ref={foot} tabIndex={-1} className={classes.more}>
        {atFoot && !isFetchingNextPage && <ProblemNotice error={error} onRetry={() => void more()} />}
        {hasNextPage && (!atFoot || isFetchingNextPage) && (
          <Button variant="default" className={classes.target} loading={isFetchingNextPage} onClick={() => void more()}>
            Show more
          </Button>
        )}
      </div>
    </>
  );
}
