import './styles.ts';
import { Alert, Button, Paper, PasswordInput, Stack } from '@mantine/core';
import { ClientError, confirmEmailChange, lookAtEmailChange } from '@symbolon/client';
import { pages } from '@symbolon/contract';
import { IconCircleCheck, IconKey } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useId, useRef, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { sessionQuery } from '../app/session.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { formatDuration } from '../ui/amounts.ts';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useProblemWords } from '../ui/use-problem-words.ts';
import classes from './people.module.css';
import { useSecret } from './use-secret.ts';
import { useWaitingTime } from './waiting-time.ts';

/** Where the mail to a new address leads: it is used from then on once who asked for it gives their password here. */
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
  const [password, setPassword] = useState('');
  const passwordField = useRef<HTMLInputElement>(null);
  const look = useQuery({
    // The secret itself is no key: keys of queries are there to be read.
    queryKey: ['email change', arrival],
    queryFn: () => lookAtEmailChange(exchange, secret),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const confirming = useMutation({
    mutationFn: () => confirmEmailChange(exchange, { secret, password }),
    gcTime: 0,
    onSuccess: () => {
      setPassword('');
      void client.invalidateQueries(sessionQuery);
    },
    onError: () => passwordField.current?.select(),
  });
  const waitMs = useWaitingTime(confirming.error);
  const words = useProblemWords(confirming.error);
  const wrong = confirming.error instanceof ClientError && confirming.error.problemCode === 'PASSWORD_WRONG';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!confirming.isPending && waitMs === 0) confirming.mutate();
  };
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
        <form onSubmit={submit}>
          <Stack gap="md">
            <PasswordInput
              ref={passwordField}
              label="Password"
              description="Give the password with which you sign in, so that nobody else can take this link up."
              name="password"
              autoComplete="current-password"
              size="md"
              required
              withAsterisk={false}
              maxLength={1024}
              error={wrong && words ? `${words.happened} ${words.advice}` : undefined}
              errorProps={{ role: 'alert' }}
              aria-invalid={wrong}
              value={password}
              onChange={({ currentTarget }) => {
                setPassword(currentTarget.value);
                if (wrong) confirming.reset();
              }}
            />
            {confirming.isError && !wrong && <ProblemNotice error={confirming.error} />}
            <Button type="submit" size="md" loading={confirming.isPending} disabled={waitMs > 0}>
              {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : `Use ${look.data.email}`}
            </Button>
          </Stack>
        </form>
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
