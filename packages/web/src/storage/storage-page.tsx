import './styles.ts';
import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { mayDo, useMe } from '../app/session.ts';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { CompactionCard } from './compaction-card.tsx';
import { RoomCard } from './room-card.tsx';
import { ScrubCard } from './scrub-card.tsx';
import { useStorage } from './storage-queries.ts';

/** How much room there is, how far what is held was packed anew, and whether it is still what was sent. */
export function StoragePage() {
  const me = useMe();
  return (
    <Page title="Storage" width="narrow">
      {mayDo(me, 'storage.view') ? (
        <Storage />
      ) : (
        <Empty icon={<IconLock size={28} />} title="The stores are for administrators">
          Ask an administrator of your account.
        </Empty>
      )}
    </Page>
  );
}

function Storage() {
  const { data, error, isPending, refetch } = useStorage();
  if (isPending) {
    return (
      <Stack gap="sm" role="status">
        <VisuallyHidden>Loading the room of the stores</VisuallyHidden>
        {['a', 'b'].map((name) => (
          <Skeleton key={name} height={160} radius="md" />
        ))}
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && <RoomCard storage={data} />}
      <CompactionCard />
      <ScrubCard />
    </Stack>
  );
}
