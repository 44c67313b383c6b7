import './styles.ts';
import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { type GroupKind, type GroupRow, groupKinds } from '@symbolon/contract';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { StateMark } from '../administration/state-mark.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useGroups } from './group-queries.ts';
import { holdsText, kinds } from './group-words.ts';
import { NewGroup } from './new-group.tsx';

/** The groups of the account and its locations. */
export function GroupsPage() {
  const me = useMe();
  return (
    <AdministratorsPage
      title="Groups and locations"
      needs={mayDo(me, 'group.list') ? 'group.list' : 'location.list'}
      forWhom="The list of groups is for administrators"
    >
      <Stack gap="md">
        {groupKinds
          .filter((kind) => mayDo(me, kinds[kind].needs.list))
          .map((kind) => (
            <Groups key={kind} kind={kind} />
          ))}
      </Stack>
    </AdministratorsPage>
  );
}

function Groups({ kind }: { readonly kind: GroupKind }) {
  const me = useMe();
  const { data, error, isPending, refetch } = useGroups(kind);
  const [making, setMaking] = useState(false);
  const { one, many, says, needs } = kinds[kind];
  return (
    <Card title={many}>
      <Text size="sm" className={classes.text}>
        {says}
      </Text>
      {isPending && <Skeleton height={96} radius="md" role="status" aria-label={`Loading the ${many.toLowerCase()}`} />}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && data.groups.length === 0 && <Text size="sm">There is none yet.</Text>}
      <ul className={classes.rows} aria-label={many}>
        {data?.groups.map((group) => (
          <GroupItem key={group.id} group={group} />
        ))}
      </ul>
      {mayDo(me, needs.create) && (
        <div>
          <Button
            className={classes.target}
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setMaking(true)}
          >
            New {one.toLowerCase()}
          </Button>
          <Dialog title={`New ${one.toLowerCase()}`} opened={making} onClose={() => setMaking(false)}>
            {making && <NewGroup kind={kind} />}
          </Dialog>
        </div>
      )}
    </Card>
  );
}

function GroupItem({ group }: { readonly group: GroupRow }) {
  const { page } = kinds[group.kind];
  return (
    <li>
      <div>
        <Link to={`${page}/${group.id}`} className={classes.name}>
          {group.name}
        </Link>
        {group.location !== null && (
          <Text size="sm" c="dimmed">
            {group.location.name}
          </Text>
        )}
      </div>
      <span className={classes.beside}>{holdsText(group)}</span>
      {group.mustApprove && <StateMark tone="wait">Approval needed</StateMark>}
    </li>
  );
}
