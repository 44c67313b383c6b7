import '@mantine/core/styles/Skeleton.css';
import { Button, Center, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { auditRecords } from '@symbolon/client';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { Empty } from '../ui/empty.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import type { AuditFilter } from './audit-search.ts';
import { byDay } from './days.ts';
import { RecordRow } from './record-row.tsx';
import classes from './timeline.module.css';

/** The records of a query, newest first, a page at a time. Looking at them is recorded too, so nothing is asked for twice. */
export function useTimeline(query: AuditFilter) {
  return useInfiniteQuery({
    queryKey: ['audit', query],
    queryFn: ({ pageParam, signal }) =>
      auditRecords(exchange, pageParam === null ? query : { ...query, before: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchOnWindowFocus: false,
  });
}

/** What happened, newest first, by day: of a study, of a person, of a link, or of the whole account. */
export function Timeline({ query }: { readonly query: AuditFilter }) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTimeline(query);
  if (isPending) return <Waiting />;
  const records = data?.pages.flatMap((page) => page.records) ?? [];
  if (error !== null && records.length === 0) return <ProblemNotice error={error} onRetry={() => refetch()} />;
  if (records.length === 0) {
    return (
      <Empty icon={<IconHistory size={28} />} title="Nothing is recorded here">
        Nothing happened that fits. Widen the days, or take a filter away.
      </Empty>
    );
  }
  return (
    <Stack gap="lg">
      {byDay(records).map(({ key, day, records: ofDay }) => (
        <section key={key} aria-label={day}>
          <Title order={2} size="h5" className={classes.day}>
            {day}
          </Title>
          <ol className={classes.records}>
            {ofDay.map((record) => (
              <RecordRow key={record.id} record={record} withStudy={query.study === undefined} />
            ))}
          </ol>
        </section>
      ))}
      {error !== null && <ProblemNotice error={error} onRetry={() => fetchNextPage()} />}
      <Center>
        {hasNextPage ? (
          <Button variant="default" mih={44} onClick={() => fetchNextPage()} loading={isFetchingNextPage}>
            Show older records
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            These are all records that fit.
          </Text>
        )}
      </Center>
    </Stack>
  );
}

function Waiting() {
  return (
    <Stack gap="md" role="status">
      <VisuallyHidden>Loading what happened</VisuallyHidden>
      <Skeleton height={22} width="14rem" />
      {[60, 45, 70, 50, 65].map((width) => (
        <Skeleton key={width} height={40} width={`${width}%`} />
      ))}
    </Stack>
  );
}
