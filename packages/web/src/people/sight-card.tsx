import { Button, Skeleton, Text } from '@mantine/core';
import { userSight } from '@symbolon/client';
import type { SightAnswer, StudyRow, UserRow } from '@symbolon/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { exchange } from '../app/exchange.ts';
import { formatCount, formatDay, formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { menuText, offeredBy, pageText, studyText } from './sight-words.ts';

/** The exchange as somebody sees it. Not before it is asked for: which studies were shown is recorded. */
export function SightCard({ user }: { readonly user: Pick<UserRow, 'id' | 'name'> }) {
  const [looking, setLooking] = useState(false);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['explanation', user.id, 'sight'],
    queryFn: ({ signal }) => userSight(exchange, user.id, signal),
    enabled: looking,
    refetchOnWindowFocus: false,
    // Names stand in it: what nobody looks at any more is forgotten at once.
    gcTime: 0,
  });
  return (
    <Card title="See as">
      <Text size="sm" className={classes.text}>
        What {user.name} finds here, to be looked at and no more. You see no study and no name by it that you do not see
        yourself, and it is recorded that you looked.
      </Text>
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isFetching && data === undefined && (
        <Skeleton height={120} radius="md" role="status" aria-label="Loading what they see" />
      )}
      {data !== undefined && <Sight sight={data} />}
      {!looking && (
        <div>
          <Button variant="default" className={classes.target} onClick={() => setLooking(true)}>
            See as {user.name}
          </Button>
        </div>
      )}
    </Card>
  );
}

function Sight({ sight }: { readonly sight: SightAnswer }) {
  const offered = offeredBy(sight.offers);
  return (
    <>
      <Facts>
        <Fact label="Their menu">{menuText(offered)}</Fact>
        <Fact label="On the page of a study">{studyText(offered)}</Fact>
      </Facts>
      <Text size="sm" role="status">
        {pageText(sight)}
      </Text>
      <ul className={classes.rows} aria-label="Studies that they find">
        {sight.studies.map((study) => (
          <SeenStudy key={study.id} study={study} />
        ))}
      </ul>
    </>
  );
}

function SeenStudy({ study }: { readonly study: StudyRow }) {
  const { patient, date, description, modalities, instanceCount, arrivedAt, unapproved } = study;
  const facts = [patient.id, date === null ? '' : formatDay(date), description, modalities.join(', ')];
  return (
    <li>
      <div>
        <bdi className={classes.name}>{patient.name === '' ? 'No name' : patient.name}</bdi>
        <Text size="sm" c="dimmed">
          {facts.filter((fact) => fact !== '').join(' · ')}
        </Text>
      </div>
      <span className={classes.beside}>
        {formatCount(instanceCount, 'image')}, arrived {formatMoment(arrivedAt)}
        {unapproved && ', awaits approval'}
      </span>
    </li>
  );
}
