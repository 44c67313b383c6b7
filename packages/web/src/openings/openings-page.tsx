import './styles.ts';
import { Button, NativeSelect, Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { openingFilters, openingKinds } from '@symbolon/contract';
import { IconLockOpen } from '@tabler/icons-react';
import { useState } from 'react';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { Empty } from '../ui/empty.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { OpeningItem } from './opening-item.tsx';
import { type OpeningsFilter, useOpenings } from './opening-queries.ts';
import { kindLabels } from './opening-words.ts';
import classes from './openings.module.css';

const filterLabels: Readonly<Record<(typeof openingFilters)[number], string>> = {
  all: 'All',
  'to review': 'To be reviewed',
  reviewed: 'Reviewed',
  open: 'Open now',
};

/** What was opened for a reason or in an emergency: by whom, why, and whether somebody has looked at it. */
export function OpeningsPage() {
  const [filter, setFilter] = useState<OpeningsFilter>({ show: 'all' });
  return (
    <AdministratorsPage title="Openings" needs="emergency.view" forWhom="Openings are for administrators">
      <Stack gap="md">
        <div className={classes.filters}>
          <NativeSelect
            label="Show"
            data={openingFilters.map((value) => ({ value, label: filterLabels[value] }))}
            value={filter.show}
            onChange={({ currentTarget }) =>
              setFilter({ ...filter, show: currentTarget.value as OpeningsFilter['show'] })
            }
          />
          <NativeSelect
            label="Opened for"
            data={[
              { value: '', label: 'Anything' },
              ...openingKinds.map((value) => ({ value, label: kindLabels[value] })),
            ]}
            value={filter.kind ?? ''}
            onChange={({ currentTarget }) =>
              setFilter({ ...filter, kind: openingKinds.find((kind) => kind === currentTarget.value) })
            }
          />
        </div>
        <Opened filter={filter} />
      </Stack>
    </AdministratorsPage>
  );
}

function Opened({ filter }: { readonly filter: OpeningsFilter }) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useOpenings(filter);
  const openings = data?.pages.flatMap((page) => page.openings) ?? [];
  return (
    <>
      {isPending && (
        <div role="status">
          <VisuallyHidden>Loading what was opened</VisuallyHidden>
          <Skeleton height={120} radius="md" />
        </div>
      )}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && openings.length === 0 && (
        <Empty icon={<IconLockOpen size={28} />} title="Nothing was opened that fits">
          What somebody opens for a stated reason, or in an emergency, beyond what their role reaches stands here.
        </Empty>
      )}
      <ul className={classes.list} aria-label="Openings">
        {openings.map((opening) => (
          <OpeningItem key={opening.id} opening={opening} now={Date.now()} />
        ))}
      </ul>
      {hasNextPage && (
        <div>
          <Button
            variant="default"
            className={classes.target}
            loading={isFetchingNextPage}
            onClick={() => fetchNextPage()}
          >
            Show more
          </Button>
        </div>
      )}
    </>
  );
}
