import { Alert, Button } from '@mantine/core';
import { pages } from '@symbolon/contract';
import { IconCircleCheck, IconKey } from '@tabler/icons-react';
import { Link, useLocation, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { LeadTo } from '../app/lead-to.tsx';
import { useSession } from '../app/session.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { Page } from '../ui/page.tsx';
import { SetupForm } from './setup-form.tsx';

/** Takes the secret out of the address bar, where the browser's history would keep it, into this page's memory. */
function useSecret(): string {
  const hash = useLocation({ select: (at) => at.hash });
  const router = useRouter();
  const [secret, setSecret] = useState(hash);
  useEffect(() => {
    if (hash === '') return;
    setSecret(hash);
    router.history.replace(pages.setup);
  }, [hash, router]);
  return secret;
}

export function SetupPage() {
  const session = useSession();
  const secret = useSecret();
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
