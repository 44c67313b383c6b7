import { Button, NativeSelect, Text } from '@mantine/core';
import { type GroupAnswer, type GroupMember, pages, pathOf } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { StateMark } from '../administration/state-mark.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { stateTones, stateWords } from '../people/user-words.ts';
import { useRoles } from '../roles/role-queries.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { AddMember } from './add-member.tsx';
import { useDismiss, useEnrol } from './group-queries.ts';
import { kinds } from './group-words.ts';

/** Who is in a group or a location, with which role. */
export function MembersCard({ group }: { readonly group: GroupAnswer }) {
  const me = useMe();
  const may = mayDo(me, kinds[group.kind].needs.enrol);
  return (
    <Card title="Who is in it">
      {group.people.length === 0 && <Text size="sm">Nobody yet.</Text>}
      <ul className={classes.rows} aria-label="Who is in it">
        {group.people.map((member) => (
          <Member key={member.userId} group={group} member={member} may={may} />
        ))}
      </ul>
      {may && <AddMember group={group} />}
    </Card>
  );
}

type MemberProps = { readonly group: GroupAnswer; readonly member: GroupMember; readonly may: boolean };

function Member({ group, member, may }: MemberProps) {
  const me = useMe();
  const { data: all } = useRoles();
  const enrolling = useEnrol(group);
  const dismissing = useDismiss(group);
  const [asking, setAsking] = useState(false);
  const toast = useToast();
  const { userId, name, email, role, state } = member;
  const given = role?.name ?? group.defaultRole?.name;
  const assign = (roleId: string) =>
    enrolling.mutate(
      { userId, roleId: roleId || null },
      { onSuccess: () => toast.say(`The role of ${name} is changed.`) },
    );
  return (
    <li>
      <div>
        {mayDo(me, 'user.view') ? (
          <Link to={pathOf(pages.person, { userId })} className={classes.name}>
            {name}
          </Link>
        ) : (
          <span className={classes.name}>{name}</span>
        )}{' '}
        {state !== 'active' && <StateMark tone={stateTones[state]}>{stateWords[state]}</StateMark>}
        <Text size="sm" c="dimmed">
          {email}
        </Text>
      </div>
      {may && all !== undefined ? (
        <NativeSelect
          aria-label={`Role of ${name}`}
          className={classes.roleSelect ?? ''}
          size="sm"
          value={role?.id ?? ''}
          disabled={enrolling.isPending}
          data={[
            { value: '', label: `Default: ${group.defaultRole?.name ?? 'none'}` },
            ...all.roles.map(({ id, name: label }) => ({ value: id, label })),
          ]}
          onChange={({ currentTarget }) => assign(currentTarget.value)}
        />
      ) : (
        <span className={classes.beside}>{given ?? 'No role there'}</span>
      )}
      {may && !asking && (
        <Button
          variant="default"
          size="xs"
          className={classes.target}
          aria-label={`Take out ${name}`}
          onClick={() => setAsking(true)}
        >
          Take out
        </Button>
      )}
      {enrolling.error !== null && <ProblemNotice error={enrolling.error} />}
      {asking && (
        <div className={classes.whole}>
          <Confirm
            title={`Take ${name} out?`}
            yes="Take out"
            no="Leave them in"
            grave
            pending={dismissing.isPending}
            error={dismissing.error}
            onNo={() => setAsking(false)}
            onYes={() => dismissing.mutate(userId, { onSuccess: () => toast.say(`${name} is taken out.`) })}
          >
            They lose the role that they have here, and what was granted to this {group.kind}. They stay in the account.
          </Confirm>
        </div>
      )}
    </li>
  );
}
