import { Alert, Button, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { pages } from '@symbolon/contract';
import { IconInfoCircle, IconPhotoSearch, IconSearchOff, IconUpload, IconUrgent } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { mayDo, useMe } from '../app/session.ts';
import { formatCount, formatDay } from '../ui/amounts.ts';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import './worklist-styles.ts';
import { useWorklist } from './use-worklist.ts';
import classes from './worklist.module.css';
import { CardOrder, WorklistCards } from './worklist-cards.tsx';
import { WorklistFilters } from './worklist-filters.tsx';
import { picturesShown, showPictures } from './worklist-memory.ts';
import { filtersInWords, isLastPage, noFilters, rangeInWords, withFilters } from './worklist-search.ts';
import { WorklistTable } from './worklist-table.tsx';
import { WorklistWaiting } from './worklist-waiting.tsx';

const EmergencyDialog = lazy(async () => ({
  default: (await import('../openings/emergency-dialog.tsx')).EmergencyDialog,
}));

export function WorklistPage() {
  const { userId } = useMe();
  const { search, asked, query, change } = useWorklist();
  const cards = useMediaQuery('(max-width: 61.99em)', false, { getInitialValueInEffect: false });
  const narrow = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  const { data, error, isPlaceholderData } = query;
  const [pictures, setPictures] = useState(() => picturesShown(userId));
  const filters = filtersInWords(asked, formatDay);

  let content: ReactNode;
  if (data === undefined) content = error === null ? <WorklistWaiting search={search} cards={cards} /> : null;
  else if (data.studies.length > 0) {
    content = cards ? (
      <WorklistCards studies={data.studies} busy={isPlaceholderData} pictures={pictures} />
    ) : (
      <WorklistTable
        studies={data.studies}
        search={search}
        busy={isPlaceholderData}
        pictures={pictures}
        onSort={change}
      />
    );
  } else if (asked.page > 1) {
    content = (
      <Empty icon={<IconSearchOff />} title="This page is empty now">
        <Button variant="default" onClick={() => change({ ...search, page: 1 })}>
          To the first page
        </Button>
      </Empty>
    );
  } else if (filters.length > 0) {
    content = (
      <Empty icon={<IconSearchOff />} title="No study fits">
        <p>You look for {filters.join(', ')}.</p>
        <Button variant="default" onClick={() => change(withFilters(search, noFilters))}>
          Clear the filters
        </Button>
      </Empty>
    );
  } else content = <NoStudies />;

  return (
    <Page
      title="Studies"
      actions={
        <>
          <EmergencyButton />
          <UploadButton variant="filled" />
        </>
      }
    >
      <WorklistFilters
        filters={search}
        narrow={narrow}
        pictures={pictures}
        onPictures={(shown) => {
          showPictures(userId, shown);
          setPictures(shown);
        }}
        onChange={(changes) => change(withFilters(search, changes))}
      />
      {cards && <CardOrder search={search} onSort={change} />}
      {error !== null && (
        <div className={classes.notice}>
          <ProblemNotice error={error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {data?.warning != null && (
        <Alert className={classes.notice} color="yellow" icon={<IconInfoCircle aria-hidden />} role="status">
          {data.warning}
        </Alert>
      )}
      <div className={classes.content} data-busy={isPlaceholderData}>
        {content}
      </div>
      {data !== undefined && (
        <Pager
          page={asked.page}
          shown={data.studies.length}
          total={data.total}
          busy={isPlaceholderData}
          onPage={(page) => {
            change({ ...search, page });
            globalThis.scrollTo({ top: 0 });
          }}
        />
      )}
    </Page>
  );
}

function UploadButton({ variant }: { readonly variant: 'filled' | 'default' }) {
  if (!mayDo(useMe(), 'instance.store')) return null;
  return (
    <Button component={Link} to={pages.upload} variant={variant} leftSection={<IconUpload size={18} aria-hidden />}>
      Upload
    </Button>
  );
}

/** For who may; what it opens is loaded when it is asked for. */
function EmergencyButton() {
  const me = useMe();
  const [state, setState] = useState<'never' | 'opened' | 'closed'>('never');
  if (!mayDo(me, 'emergency.open')) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconUrgent size={18} aria-hidden />} onClick={() => setState('opened')}>
        Emergency access
      </Button>
      {state !== 'never' && (
        <Suspense fallback={null}>
          <EmergencyDialog opened={state === 'opened'} onClose={() => setState('closed')} />
        </Suspense>
      )}
    </>
  );
}

function NoStudies() {
  const may = mayDo(useMe(), 'instance.store');
  return (
    <Empty icon={<IconPhotoSearch />} title="No studies yet">
      <p>
        {may
          ? 'Send the first one from a folder, from files or from a zip. Studies that others send appear here by themselves.'
          : 'Studies appear here by themselves as soon as somebody sends one.'}
      </p>
      <UploadButton variant="default" />
    </Empty>
  );
}

type PagerProps = {
  readonly page: number;
  readonly shown: number;
  readonly total: number | null;
  readonly busy: boolean;
  onPage(page: number): void;
};

function Pager({ page, shown, total, busy, onPage }: PagerProps) {
  const last = isLastPage(page, shown, total);
  return (
    <Group justify="space-between" mt="md" mih={40}>
      <Text size="sm" c="dimmed" role="status">
        {shown === 0 ? '' : rangeInWords(page, shown, total, formatCount)}
      </Text>
      {(page > 1 || !last) && (
        <nav aria-label="Pages of the list" className={classes.pages}>
          <Button variant="default" disabled={page <= 1 || busy} onClick={() => onPage(page - 1)}>
            Previous
          </Button>
          <Button variant="default" disabled={last || busy} onClick={() => onPage(page + 1)}>
            Next
          </Button>
        </nav>
      )}
    </Group>
  );
}
