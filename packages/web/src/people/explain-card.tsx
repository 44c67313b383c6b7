import { Skeleton, Text } from '@mantine/core';
import { explanation, userReach } from '@symbolon/client';
import type { ExplainedPermission, ExplanationAnswer } from '@symbolon/contract';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import classes from '../administration/administration.module.css';
import { StateMark } from '../administration/state-mark.tsx';
import { exchange } from '../app/exchange.ts';
import { PermissionFilter } from '../roles/permission-filter.tsx';
import { formatCount } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import {
  passing,
  reachText,
  type VerdictFilter,
  verdictFilters,
  verdictTones,
  verdictWords,
  whyText,
} from './explain-words.ts';

type ExplainCardProps = { readonly userId: string; readonly isMe: boolean };

/** What somebody may do and why, permission by permission: the account, as they see it. */
export function ExplainCard({ userId, isMe }: ExplainCardProps) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['explanation', userId],
    queryFn: ({ signal }) => explanation(exchange, userId, signal),
  });
  const reach = useQuery({
    queryKey: ['explanation', userId, 'reach'],
    queryFn: ({ signal }) => userReach(exchange, userId, signal),
  });
  return (
    <Card title={isMe ? 'What may I do?' : 'What may they do?'}>
      {isPending && <Skeleton height={160} radius="md" role="status" aria-label="Loading what they may do" />}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {reach.data !== undefined && <Text size="sm">{reachText(reach.data, isMe)}</Text>}
      {data !== undefined && <Explained answer={data} />}
    </Card>
  );
}

function Explained({ answer }: { readonly answer: ExplanationAnswer }) {
  const [verdict, setVerdict] = useState<VerdictFilter>('permitted');
  const [words, setWords] = useState('');
  const shown = passing(answer.permissions, verdict, useDeferredValue(words));
  const { state } = answer.user;
  return (
    <>
      {state !== 'active' && (
        <Text size="sm">
          {state === 'suspended'
            ? 'At the moment they may do nothing of it: they are suspended. It is what they may do when they are let in again.'
            : 'At the moment they may do nothing of it: they have not taken up their invitation.'}
        </Text>
      )}
      <PermissionFilter
        words={words}
        onWords={setWords}
        choices={verdictFilters}
        shown={verdict}
        onShown={setVerdict}
      />
      <Text size="sm" c="dimmed" role="status">
        {shown.length === 0 ? 'No permission is like that.' : formatCount(shown.length, 'permission')}
      </Text>
      <ul className={classes.rows} aria-label="Permissions">
        {shown.map((one) => (
          <PermissionItem key={one.permission} one={one} groups={answer.groups} />
        ))}
      </ul>
    </>
  );
}

type PermissionItemProps = { readonly one: ExplainedPermission; readonly groups: ExplanationAnswer['groups'] };

function PermissionItem({ one, groups }: PermissionItemProps) {
  const namesOf = (ids: readonly string[]) => groups.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
  const where = namesOf(one.groups);
  const except = namesOf(one.except);
  return (
    <li>
      <div>
        <code className={classes.name}>{one.permission}</code>
        <Text size="sm">{one.sentence}</Text>
        <Text size="sm" c="dimmed">
          {whyText(one)}
          {one.verdict === 'some groups' && where.length > 0 && ` Only in ${where.join(', ')}.`}
          {except.length > 0 && ` Not in ${except.join(', ')}, where their role denies it.`}
        </Text>
      </div>
      <StateMark tone={verdictTones[one.verdict]}>{verdictWords[one.verdict]}</StateMark>
    </li>
  );
}
