import './styles.ts';
import { Anchor, Group, Stack, Title } from '@mantine/core';
import { pages, type UserCard } from '@symbolon/contract';
import { Link, useParams } from '@tanstack/react-router';
import classes from '../administration/administration.module.css';
import { StateMark } from '../administration/state-mark.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { TokensCard } from '../tokens/tokens-card.tsx';
import { formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ExplainCard } from './explain-card.tsx';
import { PersonDeeds } from './person-deeds.tsx';
import { PersonRole } from './person-role.tsx';
import { RenamePerson } from './rename-person.tsx';
import { ResetFactors } from './reset-factors.tsx';
import { SecondPasswordClear } from './second-password-clear.tsx';
import { SightCard } from './sight-card.tsx';
import { useUser } from './user-queries.ts';
import { kindWords, lastUseText, stateTones, stateWords } from './user-words.ts';

/** One person or program: who they are, what they have, and what may be done about it. */
export function PersonPage() {
  const { userId = '' } = useParams({ strict: false }) as { readonly userId?: string };
  const { data, error, isPending, refetch } = useUser(userId);
  return (
    <Page title="Person" width="narrow" hiddenTitle>
      <Stack gap="md">
        {isPending && <WaitingCards what="Loading the person" count={3} />}
        {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
        {data !== undefined && <Person key={userId} card={data} />}
      </Stack>
    </Page>
  );
}

/** Broken behind the @, where there is no room for all of it on a line. */
function breakable(email: string) {
  const at = email.lastIndexOf('@') + 1;
  return (
    <>
      {email.slice(0, at)}
      <wbr />
      {email.slice(at)}
    </>
  );
}

function Person({ card }: { readonly card: UserCard }) {
  const me = useMe();
  const { user, memberOf } = card;
  const isMe = user.id === me.userId;
  const gone = user.state === 'removed';
  return (
    <>
      <div>
        {mayDo(me, 'user.list') && (
          <Anchor size="sm" renderRoot={(props) => <Link {...props} to={pages.people} />}>
            All people
          </Anchor>
        )}
        <Group gap="sm" mt={4}>
          <Title order={2} size="h3" className={classes.heading}>
            {user.name}
          </Title>
          <StateMark tone={stateTones[user.state]}>{stateWords[user.state]}</StateMark>
        </Group>
      </div>
      <Card title={isMe ? 'You' : 'Who this is'}>
        <Facts>
          {user.email !== null && <Fact label="E-mail address">{breakable(user.email)}</Fact>}
          <Fact label="Kind">
            {kindWords[user.kind]}
            {user.isOwner && ', owner of the account'}
          </Fact>
          <Fact label="In the account since">{formatMoment(user.createdAt)}</Fact>
          <Fact label="Last here">{user.lastUsedAt === null ? lastUseText(user) : formatMoment(user.lastUsedAt)}</Fact>
          {user.kind === 'person' && <Fact label="Second factor">{user.secondFactor ? 'Yes' : 'None'}</Fact>}
        </Facts>
        {!gone && (mayDo(me, 'user.change') || isMe) && <RenamePerson user={user} />}
      </Card>
      {!gone && (
        <>
          <Card title="Role">
            <PersonRole card={card} />
          </Card>
          <Card title="Groups and locations">
            {memberOf.length === 0 ? (
              <p className={classes.plain}>In none.</p>
            ) : (
              <ul className={classes.rows} aria-label="Groups and locations">
                {memberOf.map(({ id, name, kind, role }) => (
                  <li key={id}>
                    <div>
                      <Link to={`/${kind}s/${id}`} className={classes.name}>
                        {name}
                      </Link>
                    </div>
                    <span className={classes.beside}>
                      {kind === 'group' ? 'Group' : 'Location'},{' '}
                      {role === null ? 'no role there' : `${role.name} there`}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Card>
        </>
      )}
      <PersonDeeds card={card} isMe={isMe} />
      {!isMe && card.secondPassword && card.withinReach && mayDo(me, 'identity.clear') && (
        <SecondPasswordClear user={user} />
      )}
      {!gone && !isMe && user.secondFactor && mayDo(me, 'factor.reset') && <ResetFactors card={card} />}
      {mayDo(me, 'token.list') && <TokensCard of={user} />}
      {!gone && !isMe && mayDo(me, 'user.explain') && <SightCard user={user} />}
      {!gone && mayDo(me, 'user.explain') && <ExplainCard userId={user.id} isMe={isMe} />}
    </>
  );
}
