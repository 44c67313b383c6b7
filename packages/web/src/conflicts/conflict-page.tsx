import './styles.ts';
import { Anchor, Button, Center, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { ClientError } from '@symbolon/client';
import { type ConflictAnswer, pages } from '@symbolon/contract';
import { IconArrowLeft, IconFileOff } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { formatCount, formatDay } from '../ui/amounts.ts';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { alike, someAlone } from './alike.ts';
import { AlikeCard } from './alike-card.tsx';
import { Choices } from './choices.tsx';
import { Choose } from './choose.tsx';
import { useConflict } from './conflict-queries.ts';
import classes from './conflicts.module.css';

/** What was kept aside of one study, beside what is held; and the choice between them. */
export function ConflictPage() {
  const { studyId = '' } = useParams({ strict: false }) as { studyId?: string };
  return (
    <Page title="Kept aside" hiddenTitle>
      <OneConflict key={studyId} studyId={studyId} />
    </Page>
  );
}

function OneConflict({ studyId }: { readonly studyId: string }) {
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useConflict(studyId);
  if (isPending) return <Waiting />;
  const [first] = data?.pages ?? [];
  if (first === undefined) {
    return error instanceof ClientError && error.status === 404 ? (
      <NothingKept />
    ) : (
      <ProblemNotice error={error} onRetry={() => refetch()} />
    );
  }
  const instances = data?.pages.flatMap((page) => page.instances) ?? [];
  const groups = alike(instances);
  const open = groups.filter(({ state }) => state === 'open');
  const decided = groups.filter(({ state }) => state !== 'open');
  const choosing = { studyId, until: first.until, may: first.may.resolve };
  return (
    <Stack gap="md">
      <Head conflict={first} />
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {first.open > 0 && <Choose {...choosing} amount={first.open} onlyAside={someAlone(open)} />}
      <Choices studyId={studyId} choices={first.choices} may={first.may.resolve} />
      {open.length > 0 && (
        <section aria-label="To look at">
          <ul className={classes.list}>
            {open.map((group) => (
              <AlikeCard key={group.key} group={group} {...choosing} alone={groups.length === 1 && !hasNextPage} />
            ))}
          </ul>
        </section>
      )}
      {decided.length > 0 && (
        <section aria-labelledby="decided">
          <Title order={2} size="h5" id="decided" mb="xs">
            Decided
          </Title>
          <ul className={classes.list}>
            {decided.map((group) => (
              <AlikeCard key={group.key} group={group} {...choosing} may={false} alone />
            ))}
          </ul>
        </section>
      )}
      {hasNextPage && (
        <Center>
          <Button variant="default" onClick={() => fetchNextPage()} loading={isFetchingNextPage}>
            Show more of {formatCount(first.open + first.decided, 'image')}
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function Head({ conflict: { study, open } }: { readonly conflict: ConflictAnswer }) {
  const facts = [study.date === null ? '' : formatDay(study.date), study.description].filter((fact) => fact !== '');
  return (
    <div>
      <Anchor size="sm" className={classes.back} renderRoot={(props) => <Link {...props} to={pages.conflicts} />}>
        <IconArrowLeft size={16} aria-hidden /> Kept aside
      </Anchor>
      <Title order={2} size="h4" className={classes.title}>
        <Anchor inherit renderRoot={(props) => <Link {...props} to={studyPage} params={{ studyId: study.id }} />}>
          {study.patientName === '' ? 'A study without a name' : study.patientName}
        </Anchor>
      </Title>
      <Text size="sm" c="dimmed">
        {facts.join(' · ')}
      </Text>
      <Text size="sm" mt="xs" className={classes.lead}>
        {open === 0
          ? 'Everything that was kept aside of this study has been decided. Both versions of each image are kept.'
          : `${formatCount(open, 'image')} came again with other content. What was held is shown as before; below is what differs.`}
      </Text>
    </div>
  );
}

const studyPage = pages.study.replaceAll(':', '$');

function NothingKept() {
  return (
    <Empty icon={<IconFileOff />} title="Nothing is kept aside of such a study, or you may not see it">
      <Button
        component={Link}
        to={pages.conflicts}
        variant="default"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        To what is kept aside
      </Button>
    </Empty>
  );
}

function Waiting() {
  return (
    <Stack gap="sm" role="status">
      <VisuallyHidden>Comparing what was kept aside</VisuallyHidden>
      <Skeleton height={60} width="20rem" />
      {['a', 'b'].map((name) => (
        <Skeleton key={name} height={160} radius="md" />
      ))}
    </Stack>
  );
}
