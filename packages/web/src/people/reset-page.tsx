import './styles.ts';
import { Alert, Anchor, Button, Paper, Stack, Text, TextInput } from '@mantine/core';
import { askForPasswordReset, lookAtPasswordReset, setPasswordByLink } from '@symbolon/client';
import { pages } from '@symbolon/contract';
import { IconMail } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useId, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { formatDuration } from '../ui/amounts.ts';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './people.module.css';
import { ResetForm } from './reset-form.tsx';
import { useSecret } from './use-secret.ts';
import { useWaitingTime } from './waiting-time.ts';

/** For who forgot their password: asks for a link by mail, and is where that link leads. */
export function ResetPage() {
  const secret = useSecret(pages.reset);
  const [asking, setAsking] = useState(false);
  return (
    <Page title="A new password" width="narrow" hiddenTitle>
      {secret === '' || asking ? <AskForm /> : <Door key={secret} secret={secret} onAsk={() => setAsking(true)} />}
    </Page>
  );
}

function AskForm() {
  const [email, setEmail] = useState('');
  const asking = useMutation({ mutationFn: () => askForPasswordReset(exchange, email) });
  const waitMs = useWaitingTime(asking.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!asking.isPending && waitMs === 0) asking.mutate();
  };
  if (asking.isSuccess)
    return (
      <Alert color="petrol" mt="xl" role="status" icon={<IconMail aria-hidden />} title="Look into your mailbox.">
        <p>
          If somebody signs in here with {email}, a mail with a link is on its way there. The link works once, for an
          hour. Should nothing come, look at the address again, or ask an administrator of your account.
        </p>
        <Button variant="default" onClick={() => asking.reset()}>
          Another address
        </Button>
      </Alert>
    );
  return (
    <Paper withBorder className={classes.card}>
      <h2 className={classes.heading}>Forgotten your password?</h2>
      <p className={classes.lead}>We mail you a link by which you set a new one.</p>
      <form onSubmit={submit}>
        <Stack gap="md">
          {asking.isError && <ProblemNotice error={asking.error} />}
          <TextInput
            label="E-mail address"
            description="The one that you sign in with."
            type="email"
            name="email"
            autoComplete="username"
            inputMode="email"
            autoFocus
            required
            withAsterisk={false}
            size="md"
            maxLength={254}
            value={email}
            onChange={({ currentTarget }) => setEmail(currentTarget.value)}
          />
          <Button type="submit" size="md" fullWidth loading={asking.isPending} disabled={waitMs > 0}>
            {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : 'Send the link'}
          </Button>
          <Anchor size="sm" ta="center" renderRoot={(props) => <Link {...props} to={pages.signIn} />}>
            Back to the sign-in
          </Anchor>
        </Stack>
      </form>
    </Paper>
  );
}

function Door({ secret, onAsk }: { readonly secret: string; readonly onAsk: () => void }) {
  const arrival = useId();
  const [kept, setKept] = useState<string>();
  const { data, error, failureReason, refetch } = useQuery({
    // The secret itself is no key: keys of queries are there to be read.
    queryKey: ['password reset', arrival],
    queryFn: () => lookAtPasswordReset(exchange, secret),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const failed = error ?? failureReason;
  if (kept !== undefined) return <SetFromAfar email={kept} />;
  if (data !== undefined)
    return (
      <ResetForm
        email={data.email}
        rules={data.rules}
        set={(password) => setPasswordByLink(exchange, { secret, password })}
        onLeftOut={() => setKept(data.email)}
      />
    );
  if (failed === null) return <WaitingPage />;
  return (
    <>
      <ProblemNotice error={failed} onRetry={() => void refetch()} />
      <Button mt="md" onClick={onAsk}>
        Ask for another link
      </Button>
    </>
  );
}

/** The account lets nobody in from where they are: the password is set, and no session began. */
function SetFromAfar({ email }: { readonly email: string }) {
  return (
    <Alert color="petrol" mt="xl" role="status" title="Your new password is set.">
      <Text size="sm">Sign in with {email} where you are allowed to: not from this address.</Text>
    </Alert>
  );
}
