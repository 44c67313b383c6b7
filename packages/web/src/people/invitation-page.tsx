import './styles.ts';
import { Alert, Button, Text } from '@mantine/core';
import { lookAtInvitation } from '@symbolon/client';
import { pages } from '@symbolon/contract';
import { IconKey } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { LeadTo } from '../app/lead-to.tsx';
import { useSession } from '../app/session.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { InvitationForm } from './invitation-form.tsx';
import { useSecret } from './use-secret.ts';

/** Where an invitation leads: who invites to what, and the way in. */
export function InvitationPage() {
  const secret = useSecret(pages.invitation);
  const [done, setDone] = useState(false);
  if (done) return <LeadTo address={pages.worklist} />;
  return (
    <Page title="Invitation" width="narrow" hiddenTitle>
      {secret === '' ? <SecretMissing /> : <Door key={secret} secret={secret} onDone={() => setDone(true)} />}
    </Page>
  );
}

function Door({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  const arrival = useId();
  const session = useSession();
  const { data, error, failureReason, refetch } = useQuery({
    // One for each secret that this page is opened with, but not the secret itself: keys of queries are there to be read.
    queryKey: ['invitation', arrival],
    queryFn: () => lookAtInvitation(exchange, secret),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const failed = error ?? failureReason;
  const me = session.data?.me ?? null;
  if (data !== undefined)
    return (
      <>
        {me !== null && (
          <Alert color="yellow" mt="md" title={`You are signed in as ${me.name}.`}>
            Whoever takes the invitation up here is signed in instead.
          </Alert>
        )}
        <InvitationForm secret={secret} look={data} onDone={onDone} />
      </>
    );
  if (failed === null) return <WaitingPage />;
  return (
    <>
      <ProblemNotice error={failed} onRetry={() => void refetch()} />
      <Text size="sm" mt="md">
        If you took the invitation up already, sign in with your e-mail address and password.
      </Text>
      <Button mt="sm" variant="default" renderRoot={(props) => <Link {...props} to={pages.signIn} />}>
        Sign in
      </Button>
    </>
  );
}

function SecretMissing() {
  return (
    <Alert color="yellow" mt="xl" icon={<IconKey aria-hidden />} title="The secret of the invitation is missing.">
      Open the whole address that you were given; the secret stands behind its #. After a reload of this page the
      address has to be opened again.
    </Alert>
  );
}
