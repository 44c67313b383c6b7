import './styles.ts';
import { Anchor, Button, Center, SegmentedControl, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import { type ConflictItem, pages } from '@symbolon/contract';
import { IconChevronRight, IconCircleCheck } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { formatCount, formatDay, formatMoment } from '../ui/amounts.ts';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useConflicts } from './conflict-queries.ts';
import classes from './conflicts.module.css';

type State = 'open' | 'decided';

/** The studies of which images were kept aside: what somebody must look at, and what somebody has. */
export function KeptAsidePage() {
  const { state: asked } = useSearch({ strict: false }) as { readonly state?: unknown };
  const state: State = asked === 'decided' ? 'decided' : 'open';
  const navigate = useNavigate();
  const choose = (next: string) =>
    navigate({ to: pages.conflicts, search: next === 'decided' ? { state: next } : {}, replace: true });
  return (
    <Page title="Kept aside">
      <Stack gap="md">
        <Text size="sm" className={classes.lead}>
          Images that were sent under the number of one that is held, but with other content. Nothing was overwritten:
          what was held is shown as before, and what came later waits here until somebody looks at both.
        </Text>
        <SegmentedControl
          aria-label="Which studies"
          className={classes.filter ?? ''}
          classNames={{ label: classes.filterLabel ?? '' }}
          data={[
            { value: 'open', label: 'To look at' },
            { value: 'decided', label: 'Decided' },
          ]}
          value={state}
          onChange={choose}
        />
        <Conflicts state={state} />
      </Stack>
    </Page>
  );
}

function Conflicts({ state }: { readonly state: State }) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useConflicts(state);
  if (isPending) return <Waiting />;
  const items = data?.pages.flatMap(({ conflicts }) => conflicts) ?? [];
  if (error !== null && items.length === 0) return <ProblemNotice error={error} onRetry={() => refetch()} />;
  if (items.length === 0) {
    return (
      <Empty
        icon={<IconCircleCheck size={28} />}
        title={state === 'open' ? 'Nothing waits to be looked at' : 'Nothing was decided yet'}
      >
        {state === 'open'
          ? 'When an image comes again with other content, it will be here.'
          : 'What somebody chose will be here, and can be undone.'}
      </Empty>
    );
  }
  return (
    <>
      <ul className={classes.list}>
        {items.map((item) => (
          <Item key={item.study.id} item={item} state={state} />
        ))}
      </ul>
      {error !== null && <ProblemNotice error={error} onRetry={() => fetchNextPage()} />}
      {hasNextPage && (
        <Center>
          <Button variant="default" onClick={() => fetchNextPage()} loading={isFetchingNextPage}>
            Show older ones
          </Button>
        </Center>
      )}
    </>
  );
}

function Item({ item, state }: { readonly item: ConflictItem; readonly state: State }) {
  const { study, open, decided, sentBy, lastSentAt } = item;
  const facts = [study.date === null ? '' : formatDay(study.date), study.description].filter((fact) => fact !== '');
  const amounts = [
    open > 0 && `${formatCount(open, 'image')} to look at`,
    decided > 0 && `${formatCount(decided, 'image')} decided`,
  ].filter((words) => words !== false);
  return (
    <li className={classes.item} data-state={state}>
      <div className={classes.grow}>
        <Anchor
          fw={600}
          className={classes.whole}
          renderRoot={(props) => <Link {...props} to={linkTo} params={{ studyId: study.id }} />}
        >
          {study.patientName === '' ? 'A study without a name' : study.patientName}
        </Anchor>
        <Text size="sm" c="dimmed">
          {facts.join(' · ')}
        </Text>
        <Text size="sm">
          <strong>{amounts.join(', ')}</strong> · sent {sentBy.length > 0 && `by ${sentBy.join(', ')} `}on{' '}
          {formatMoment(lastSentAt)}
        </Text>
      </div>
      <IconChevronRight size={20} aria-hidden className={classes.chevron} />
    </li>
  );
}

const linkTo = pages.conflict.replaceAll(':', '$');

function Waiting() {
  return (
    <Stack gap="sm" role="status">
      <VisuallyHidden>Loading what was kept aside</VisuallyHidden>
      {['a', 'b', 'c'].map((name) => (
        <Skeleton key={name} height={90} radius="md" />
      ))}
    </Stack>
  );
}
