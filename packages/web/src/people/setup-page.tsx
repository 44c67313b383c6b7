import { Alert, Button } from '@mantine/core';
import { pages } from '@symbolon/contract';
import { IconCircleCheck, IconKey } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { LeadTo } from '../app/lead-to.tsx';
import { useSession } from '../app/session.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { Page } from '../ui/page.tsx';
import { SetupForm } from './setup-form.tsx';
import { useSecret } from './use-secret.ts';

export function SetupPage() {
  const session = useSession();
  const secret = useSecret(pages.setup);
  const setUpHere = useRef(false);
  if (session.isPending) return <WaitingPage />;
  if (session.data?.state === 'signed in' && setUpHere.current) return <LeadTo address={pages.worklist} />;
  const done = session.data !== undefined && session.data.state !== 'unclaimed';
  return (
    <Page title="Set up this exchange" width="narrow" hiddenTitle>
      {done ? (
        <SetUpAlready />
      ) : (
        <>
          {secret === '' && <SecretMissing />}
          <SetupForm secret={secret} onDone={() => (setUpHere.current = true)} />
        </>
      )}
    </Page>
  );
}

function SetUpAlready() {
  return (
    <Alert color="petrol" mt="xl" icon={<IconCircleCheck aria-hidden />} title="This exchange has been set up already.">
      <p>The link worked once, for the first account. Sign in with an account that exists.</p>
      <Button component={Link} to={pages.signIn}>
        Sign in
      </Button>
    </Alert>
  );
}

function SecretMissing() {
  return (
    <Alert color="yellow" mt="xl" icon={<IconKey aria-hidden />} title="The one-time secret is missing.">
      Open the whole set-up link that the exchange printed when it started; the secret stands behind its #. After a
      reload of this page the link has to be opened again.
    </Alert>
  );
}
