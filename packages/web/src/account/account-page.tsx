import './styles.ts';
import { Button, Stack, Text } from '@mantine/core';
import { pages } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import classes from '../administration/administration.module.css';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useAccount, useSetAddresses } from './account-queries.ts';
import { AddressCard } from './address-card.tsx';
import { NameCard } from './name-card.tsx';
import { OwnerCard } from './owner-card.tsx';
import { TermsCard } from './terms-card.tsx';

/** The account itself: its name, its owner, and from where it can be used. */
export function AccountPage() {
  return (
    <AdministratorsPage title="Account" needs="account.view" forWhom="The account is for administrators">
      <Account />
    </AdministratorsPage>
  );
}

function Account() {
  const me = useMe();
  const setting = useSetAddresses();
  const { data, error, isPending, refetch } = useAccount();
  if (isPending) return <WaitingCards what="Loading the account" count={3} />;
  return (
    <Stack gap="md">
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && (
        <>
          <NameCard account={data} />
          <OwnerCard account={data} />
        </>
      )}
      {mayDo(me, 'policy.view') && (
        <Card title="Signing in">
          <Text size="sm" className={classes.text}>
            Passwords, second factors, sessions and the second password.
          </Text>
          <div>
            <Button
              className={classes.target}
              variant="default"
              renderRoot={(props) => <Link {...props} to={pages.accountSignIn} />}
            >
              How people sign in
            </Button>
          </div>
        </Card>
      )}
      {mayDo(me, 'terms.view') && <TermsCard />}
      {mayDo(me, 'address.view') && <AddressCard what="The account" setting={setting} />}
      {mayDo(me, 'address.view') && mayDo(me, 'role.list') && (
        <Text size="sm" c="dimmed">
          A role can have a list of its own, on{' '}
          <Link to={pages.roles} className={classes.link}>
            its page
          </Link>
          ; a token, too. All of them have to hold.
        </Text>
      )}
    </Stack>
  );
}
