import './styles.ts';
import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { pages, type RoleAnswer } from '@symbolon/contract';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { AddressCard } from '../account/address-card.tsx';
import classes from '../administration/administration.module.css';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { Confirm } from '../administration/confirm.tsx';
import { StateMark } from '../administration/state-mark.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { amountText } from './decision-words.ts';
import { NewRole } from './new-role.tsx';
import { RoleDecisions } from './role-decisions.tsx';
import { RoleFactor } from './role-factor.tsx';
import { RoleNames } from './role-names.tsx';
import { useDeleteRole, useRole, useSetRoleAddresses } from './role-queries.ts';
import { holdersText, isHeld } from './role-words.ts';

/** One role: what it permits and denies, from where it can be used, and what may be done about it. */
export function RolePage() {
  const { roleId = '' } = useParams({ strict: false }) as { readonly roleId?: string };
  return (
    <AdministratorsPage title="Role" needs="role.view" forWhom="The roles are for administrators" hiddenTitle>
      <RoleOf key={roleId} roleId={roleId} />
    </AdministratorsPage>
  );
}

function RoleOf({ roleId }: { readonly roleId: string }) {
  const me = useMe();
  const { data, error, isPending, refetch } = useRole(roleId);
  if (isPending) return <WaitingCards what="Loading the role" count={3} />;
  return (
    <Stack gap="md">
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && (
        <>
          <Head role={data} />
          <RoleDecisions role={data} />
          <RoleFactor role={data} />
          {mayDo(me, 'address.view') && <RoleAddresses role={data} />}
        </>
      )}
    </Stack>
  );
}

function Head({ role }: { readonly role: RoleAnswer }) {
  const me = useMe();
  const [doing, setDoing] = useState<'clone' | 'delete' | 'names'>();
  const own = role.builtin === null;
  const beyond = role.beyondYou.length > 0;
  return (
    <>
      <div>
        {mayDo(me, 'role.list') && (
          <Anchor size="sm" renderRoot={(props) => <Link {...props} to={pages.roles} />}>
            All roles
          </Anchor>
        )}
        <Group gap="sm" mt={4}>
          <Title order={2} size="h3" className={classes.heading}>
            {role.name}
          </Title>
          {!own && <StateMark tone="plain">Built in</StateMark>}
        </Group>
      </div>
      <Card title="The role">
        {role.says !== '' && <Text className={classes.text}>{role.says}</Text>}
        <Facts>
          <Fact label="Gives">{amountText(role.decisions)}</Fact>
          <Fact label="Who has it">{holdersText(role)}</Fact>
          {own && <Fact label="Last changed">{formatMoment(role.changedAt)}</Fact>}
        </Facts>
        {!own && (
          <Text size="sm" className={classes.text}>
            Every account has this role, and it is the same everywhere. To have it otherwise, clone it and change the
            clone.
          </Text>
        )}
        {beyond && (
          <Text size="sm" className={classes.text}>
            It permits what you may not do yourself, so you can neither change it nor give it to anybody.
          </Text>
        )}
        {doing === 'names' && <RoleNames role={role} onDone={() => setDoing(undefined)} />}
        {doing === 'delete' && <DeleteRole role={role} onDone={() => setDoing(undefined)} />}
        {(doing === undefined || doing === 'clone') && (
          <Group gap="xs">
            {mayDo(me, 'role.create') && (
              <Button variant="default" className={classes.target} onClick={() => setDoing('clone')}>
                Clone …
              </Button>
            )}
            {mayDo(me, 'role.compare') && (
              <Button
                variant="default"
                className={classes.target}
                renderRoot={(props) => <Link {...props} to={pages.roleComparison} search={{ one: role.id }} />}
              >
                Compare with another
              </Button>
            )}
            {own && !beyond && mayDo(me, 'role.change') && (
              <Button variant="default" className={classes.target} onClick={() => setDoing('names')}>
                Change the name
              </Button>
            )}
            {own && !beyond && mayDo(me, 'role.delete') && (
              <Button
                variant="default"
                className={classes.target}
                disabled={isHeld(role)}
                onClick={() => setDoing('delete')}
              >
                {isHeld(role) ? 'Somebody has it: it cannot be deleted' : 'Delete'}
              </Button>
            )}
          </Group>
        )}
      </Card>
      <Dialog title="Clone a role" opened={doing === 'clone'} onClose={() => setDoing(undefined)}>
        {doing === 'clone' && <NewRole cloneOf={role.id} />}
      </Dialog>
    </>
  );
}

function DeleteRole({ role, onDone }: { readonly role: RoleAnswer; readonly onDone: () => void }) {
  const deleting = useDeleteRole(role.id);
  const navigate = useNavigate();
  const toast = useToast();
  return (
    <Confirm
      title={`Delete the role ${role.name}?`}
      yes="Delete the role"
      no="Keep it"
      grave
      pending={deleting.isPending}
      error={deleting.error}
      onNo={onDone}
      onYes={() =>
        deleting.mutate(undefined, {
          onSuccess: () => {
            toast.say(`The role ${role.name} is deleted.`);
            void navigate({ to: pages.roles });
          },
        })
      }
    >
      Nobody has it, so nobody loses anything. What it permitted has to be put together anew.
    </Confirm>
  );
}

function RoleAddresses({ role }: { readonly role: RoleAnswer }) {
  const setting = useSetRoleAddresses(role.id);
  return <AddressCard what={`The role ${role.name}`} addresses={role.addresses} setting={setting} />;
}
