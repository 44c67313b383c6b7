import { Anchor, Button, Group, NativeSelect, Text } from '@mantine/core';
import { pages, pathOf, type UserCard } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { useRoles } from '../roles/role-queries.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useAssignRole } from './user-queries.ts';
import { whyNothing } from './user-words.ts';

/** The role that somebody has in the account, and another one for them. */
export function PersonRole({ card }: { readonly card: UserCard }) {
  const me = useMe();
  const { user, withinReach } = card;
  const may = mayDo(me, 'role.assign') && mayDo(me, 'role.list');
  const fixed = user.isOwner || !withinReach;
  return (
    <>
      <Text>
        {mayDo(me, 'role.view') ? (
          <Anchor
            fw={600}
            renderRoot={(props) => <Link {...props} to={pathOf(pages.role, { roleId: user.role.id })} />}
          >
            {user.role.name}
          </Anchor>
        ) : (
          <strong>{user.role.name}</strong>
        )}
      </Text>
      {may && !fixed && <AnotherRole card={card} />}
      {may && fixed && <Text size="sm">{whyNothing(card)}</Text>}
    </>
  );
}

function AnotherRole({ card: { user } }: { readonly card: UserCard }) {
  const { data, error } = useRoles();
  const [chosen, setChosen] = useState(user.role.id);
  const assigning = useAssignRole(user.id);
  const toast = useToast();
  const role = data?.roles.find(({ id }) => id === chosen);
  const assign = () =>
    assigning.mutate(chosen, { onSuccess: () => toast.say(`${user.name} has the role ${role?.name ?? ''} now.`) });
  if (error !== null) return <ProblemNotice error={error} />;
  return (
    <>
      <Group align="flex-end" gap="xs">
        <NativeSelect
          className={classes.grow ?? ''}
          label="Another role"
          size="md"
          value={chosen}
          data={(data?.roles ?? [user.role]).map(({ id, name }) => ({ value: id, label: name }))}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        />
        <Button h={42} disabled={chosen === user.role.id} loading={assigning.isPending} onClick={assign}>
          Give this role
        </Button>
      </Group>
      {role !== undefined && chosen !== user.role.id && (
        <Text size="sm">
          {role.says} It counts from their next request on.{' '}
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link {...props} to={pages.roleComparison} search={{ one: user.role.id, other: chosen }} />
            )}
          >
            Compare the two roles
          </Anchor>
        </Text>
      )}
      {assigning.error !== null && <ProblemNotice error={assigning.error} />}
    </>
  );
}
