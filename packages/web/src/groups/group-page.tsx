import './styles.ts';
import { Anchor, Stack, Text, Title } from '@mantine/core';
import { type GroupAnswer, type GroupKind, pages } from '@symbolon/contract';
import { Link, useParams } from '@tanstack/react-router';
import classes from '../administration/administration.module.css';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useGroup } from './group-queries.ts';
import { GroupSettings } from './group-settings.tsx';
import { defaultRoleText, holdsText, kinds } from './group-words.ts';
import { MembersCard } from './members-card.tsx';

/** One group: who is in it, with which role, and how it is set. */
export function GroupPage() {
  return <OfKind kind="group" />;
}

/** The same of a location. */
export function LocationPage() {
  return <OfKind kind="location" />;
}

function OfKind({ kind }: { readonly kind: GroupKind }) {
  const { groupId = '' } = useParams({ strict: false }) as { readonly groupId?: string };
  return (
    <AdministratorsPage
      title={kinds[kind].one}
      needs={kinds[kind].needs.view}
      forWhom={`Your role does not show ${kinds[kind].many.toLowerCase()}`}
      hiddenTitle
    >
      <GroupOf key={groupId} kind={kind} id={groupId} />
    </AdministratorsPage>
  );
}

function GroupOf({ kind, id }: { readonly kind: GroupKind; readonly id: string }) {
  const { data, error, isPending, refetch } = useGroup({ kind, id });
  if (isPending) return <WaitingCards what={`Loading the ${kind}`} count={2} />;
  return (
    <Stack gap="md">
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && <Shown group={data} />}
    </Stack>
  );
}

function Shown({ group }: { readonly group: GroupAnswer }) {
  const me = useMe();
  const { needs, many } = kinds[group.kind];
  return (
    <>
      <div>
        {mayDo(me, needs.list) && (
          <Anchor size="sm" renderRoot={(props) => <Link {...props} to={pages.groups} />}>
            All groups and locations
          </Anchor>
        )}
        <Title order={2} size="h3" mt={4} className={classes.heading}>
          {group.name}
        </Title>
      </div>
      <Card title={kinds[group.kind].one}>
        <Facts>
          <Fact label="In it">{holdsText(group)}</Fact>
          <Fact label="Role of its members">{defaultRoleText(group.defaultRole)}</Fact>
          {group.location !== null && <Fact label="Location">{group.location.name}</Fact>}
          <Fact label="What arrives">{group.mustApprove ? 'has to be approved' : 'is there at once'}</Fact>
          <Fact label="Since">{formatMoment(group.createdAt)}</Fact>
        </Facts>
        <GroupSettings group={group} />
      </Card>
      <MembersCard group={group} />
      {group.kind === 'location' && group.groups.length > 0 && (
        <Card title="Groups that are there">
          <ul className={classes.rows} aria-label="Groups that are there">
            {group.groups.map(({ id, name }) => (
              <li key={id}>
                <div>
                  <Link to={`/groups/${id}`} className={classes.name}>
                    {name}
                  </Link>
                </div>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {group.people.length === 0 && (
        <Text size="sm" c="dimmed">
          {many} without people are no harm: nothing in them is reached by their role.
        </Text>
      )}
    </>
  );
}
