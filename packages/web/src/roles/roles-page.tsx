import './styles.ts';
import { Button, Stack, Text } from '@mantine/core';
import { pages, pathOf, type RoleRow } from '@symbolon/contract';
import { IconArrowsDiff, IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { StateMark } from '../administration/state-mark.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { NewRole } from './new-role.tsx';
import { useRoles } from './role-queries.ts';
import { holdersText } from './role-words.ts';

/** The roles that every account has, and the account's own. */
export function RolesPage() {
  const me = useMe();
  const [making, setMaking] = useState(false);
  return (
    <AdministratorsPage
      title="Roles"
      needs="role.list"
      forWhom="The roles are for administrators"
      actions={
        <>
          {mayDo(me, 'role.compare') && (
            <Button
              variant="default"
              className={classes.target}
              leftSection={<IconArrowsDiff size={18} aria-hidden />}
              renderRoot={(props) => <Link {...props} to={pages.roleComparison} />}
            >
              Compare
            </Button>
          )}
          {mayDo(me, 'role.create') && (
            <Button
              className={classes.target}
              leftSection={<IconPlus size={18} aria-hidden />}
              onClick={() => setMaking(true)}
            >
              New role
            </Button>
          )}
        </>
      }
    >
      <Roles />
      <Dialog title="New role" opened={making} onClose={() => setMaking(false)}>
        {making && <NewRole />}
      </Dialog>
    </AdministratorsPage>
  );
}

function Roles() {
  const { data, error, isPending, refetch } = useRoles();
  const roles = data?.roles ?? [];
  const own = roles.filter(({ builtin }) => builtin === null);
  return (
    <Stack gap="lg">
      <Text size="sm" className={classes.text}>
        A role permits and denies. What it does not name it does not give. Everybody has one role in the account, and
        may have another in a group or location, for what lives there; where one of them denies, that wins.
      </Text>
      {isPending && <WaitingCards what="Loading the roles" count={3} />}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && (
        <>
          <section aria-labelledby="own-roles">
            <h2 className={classes.listHeading} id="own-roles">
              Roles of this account
            </h2>
            {own.length === 0 ? (
              <Text size="sm">
                None yet. Make one from a template, or clone one of those below and change the clone.
              </Text>
            ) : (
              <RoleList label="Roles of this account" roles={own} />
            )}
          </section>
          <section aria-labelledby="builtin-roles">
            <h2 className={classes.listHeading} id="builtin-roles">
              Roles that every account has
            </h2>
            <RoleList label="Roles that every account has" roles={roles.filter(({ builtin }) => builtin !== null)} />
          </section>
        </>
      )}
    </Stack>
  );
}

function RoleList({ label, roles }: { readonly label: string; readonly roles: readonly RoleRow[] }) {
  const me = useMe();
  return (
    <ul className={classes.rows} aria-label={label}>
      {roles.map((role) => (
        <li key={role.id}>
          <div>
            {mayDo(me, 'role.view') ? (
              <Link to={pathOf(pages.role, { roleId: role.id })} className={classes.name}>
                {role.name}
              </Link>
            ) : (
              <span className={classes.name}>{role.name}</span>
            )}
            {role.says !== '' && (
              <Text size="sm" c="dimmed">
                {role.says}
              </Text>
            )}
          </div>
          <span className={classes.beside}>{holdersText(role)}</span>
          {role.builtin !== null && <StateMark tone="plain">Built in</StateMark>}
        </li>
      ))}
    </ul>
  );
}
