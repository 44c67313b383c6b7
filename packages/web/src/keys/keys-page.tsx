import './styles.ts';
import { Stack } from '@mantine/core';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { BackupCard } from './backup-card.tsx';
import { useKeys } from './key-queries.ts';
import { PatientsCard } from './patients-card.tsx';
import { SearchKeysCard } from './search-keys-card.tsx';
import { UpperKeysCard } from './upper-keys-card.tsx';

/** How old the keys are, when they are replaced, and whether they were copied. */
export function KeysPage() {
  return (
    <AdministratorsPage title="Keys" needs="key.view" forWhom="The keys are for administrators">
      <Keys />
    </AdministratorsPage>
  );
}

function Keys() {
  const { data, error, isPending, refetch } = useKeys();
  if (isPending) return <WaitingCards what="Loading the ages of the keys" count={4} />;
  return (
    <Stack gap="md">
      <BackupCard />
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && <PatientsCard keys={data} />}
      {data !== undefined && <SearchKeysCard />}
      {data !== undefined && <UpperKeysCard keys={data} />}
    </Stack>
  );
}
