import './styles.ts';
import { Alert, Button, Paper, Stack } from '@mantine/core';
import { confirmEmailChange, lookAtEmailChange } from '@symbolon/client';
import { pages } from '@symbolon/contract';
import { IconCircleCheck, IconKey } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { exchange } from '../app/exchange.ts';
import { sessionQuery } from '../app/session.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './people.module.css';
import { useSecret } from './use-secret.ts';

/** Where the mail to a new address leads: it is used from then on once somebody says so here. */
export function NewAddressPage() {
  const secret = useSecret(pages.newAddress);
  return (
    <Page title="A new e-mail address" width="narrow" hiddenTitle>
      {secret === '' ? <SecretMissing /> : <Door key={secret} secret={secret} />}
    </Page>
  );
}

function Door({ secret }: { readonly secret: string }) {
  const arrival = useId();
  const client = useQueryClient();
  const look = useQuery({
    // The secret itself is no key: keys of queries are there to be read.
    queryKey: ['email change', arrival],
    queryFn: () => lookAtEmailChange(exchange, secret),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const confirming = useMutation({
    mutationFn: () => confirmEmailChange(exchange, secret),
    gcTime: 0,
    onSuccess: () => void client.invalidateQueries(sessionQuery),
  });
  const failed = look.error ?? look.failureReason;
  if (confirming.isSuccess)
    return (
      <Alert
        color="petrol"
        mt="xl"
        role="status"
        icon={<IconCircleCheck aria-hidden />}
        title="Your address is changed."
      >
        <p>You sign in with {confirming.data.email} from now on.</p>
        <Button renderRoot={(props) => <Link {...props} to={pages.home} />}>Go on</Button>
      </Alert>
    );
  if (look.data !== undefined)
    return (
      <Paper withBorder className={classes.card} data-wide>
        <h2 className={classes.heading}>Use this address?</h2>
        <p className={classes.lead}>You sign in with {look.data.email} from then on, and mails go there.</p>
        <Stack gap="md">
          {confirming.isError && <ProblemNotice error={confirming.error} />}
          <Button size="md" loading={confirming.isPending} onClick={() => confirming.mutate()}>
            Use {look.data.email}
          </Button>
        </Stack>
      </Paper>
    );
  if (failed === null) return <WaitingPage />;
  return <ProblemNotice error={failed} onRetry={() => void look.refetch()} />;
}

function SecretMissing() {
  return (
    <Alert color="yellow" mt="xl" icon={<IconKey aria-hidden />} title="The secret of the link is missing.">
      Open the whole address in the mail; the secret stands behind its #. After a reload of this page the address has to
      be opened again.
    </Alert>
  );
}
