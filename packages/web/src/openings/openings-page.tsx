import './styles.ts';
import { NativeSelect, Stack } from '@mantine/core';
import { openingFilters, openingKinds } from '@symbolon/contract';
import { IconLockOpen } from '@tabler/icons-react';
import { useState } from 'react';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { LongList } from '../administration/long-list.tsx';
import { Empty } from '../ui/empty.tsx';
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
  return (
    <LongList
      found={useOpenings(filter)}
      itemsOf={({ openings }) => openings}
      waiting="Loading what was opened"
      waitingRows={2}
      empty={
        <Empty icon={<IconLockOpen size={28} />} title="Nothing was opened that fits">
          What somebody opens for a stated reason, or in an emergency, beyond what their role reaches stands here.
        </Empty>
      }
    >
      {(openings) => (
        <ul className={classes.list} aria-label="Openings">
          {openings.map((opening) => (
            <OpeningItem key={opening.id} opening={opening} now={Date.now()} />
          ))}
        </ul>
      )}
    </LongList>
  );
}
