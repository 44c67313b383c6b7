import './styles.ts';
import { Anchor, Stack } from '@mantine/core';
import { pages } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { PolicyForm } from './policy-form.tsx';
import { useSignInPolicy } from './policy-queries.ts';

/** How the people of the account sign in. */
export function PolicyPage() {
  return (
    <AdministratorsPage title="Signing in" needs="policy.view" forWhom="How people sign in is for administrators">
      <Policy />
    </AdministratorsPage>
  );
}

function Policy() {
  const me = useMe();
  const { data, error, isPending, refetch } = useSignInPolicy();
  return (
    <Stack gap="md">
      {mayDo(me, 'account.view') && (
        <Anchor size="sm" renderRoot={(props) => <Link {...props} to={pages.account} />}>
          The account
        </Anchor>
      )}
      {isPending && <WaitingCards what="Loading how people sign in" count={3} />}
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <PolicyForm policy={data.policy} />}
    </Stack>
  );
}
