import './styles.ts';
import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { mayDo, useMe } from '../app/session.ts';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { BackupCard } from './backup-card.tsx';
import { useKeys } from './key-queries.ts';
import { PatientsCard } from './patients-card.tsx';
import { UpperKeysCard } from './upper-keys-card.tsx';

/** How old the keys are, when they are replaced, and whether they were copied. */
export function KeysPage() {
  const me = useMe();
  return (
    <Page title="Keys" width="narrow">
      {mayDo(me, 'key.view') ? (
        <Keys />
      ) : (
        <Empty icon={<IconLock size={28} />} title="The keys are for administrators">
          Ask an administrator of your account.
        </Empty>
      )}
    </Page>
  );
}

function Keys() {
  const { data, error, isPending, refetch } = useKeys();
  if (isPending) {
    return (
      <Stack gap="sm" role="status">
        <VisuallyHidden>Loading the ages of the keys</VisuallyHidden>
        {['a', 'b', 'c'].map((name) => (
          <Skeleton key={name} height={160} radius="md" />
        ))}
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <BackupCard />
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && <PatientsCard keys={data} />}
      {data !== undefined && <UpperKeysCard keys={data} />}
    </Stack>
  );
}
