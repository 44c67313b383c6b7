import { Stack } from '@mantine/core';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { CompactionCard } from './compaction-card.tsx';
import { RoomCard } from './room-card.tsx';
import { ScrubCard } from './scrub-card.tsx';
import { useStorage } from './storage-queries.ts';

/** How much room there is, how far what is held was packed anew, and whether it is still what was sent. */
export function StoragePage() {
  return (
    <AdministratorsPage title="Storage" needs="storage.view" forWhom="The stores are for administrators">
      <Storage />
    </AdministratorsPage>
  );
}

function Storage() {
  const { data, error, isPending, refetch } = useStorage();
  if (isPending) return <WaitingCards what="Loading the room of the stores" count={2} />;
  return (
    <Stack gap="md">
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && <RoomCard storage={data} />}
      <CompactionCard />
      <ScrubCard />
    </Stack>
  );
}
