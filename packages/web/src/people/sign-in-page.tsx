import { Alert, Anchor, Button, Paper, PasswordInput, Stack, TextInput } from '@mantine/core';
import { ClientError, signIn } from '@symbolon/client';
import { pages, type SignInStep } from '@symbolon/contract';
import { IconClock, IconLock } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type FormEvent, lazy, Suspense, useRef, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { LeadTo } from '../app/lead-to.tsx';
import { becomeSession, useSession } from '../app/session.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { passkeysAreHere } from '../factors/passkey-words.ts';
import type { StepFormProps } from '../sign-in/step-form.ts';
import { formatDuration } from '../ui/amounts.ts';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './people.module.css';
import { safeNext } from './safe-next.ts';
import { useWaitingTime } from './waiting-time.ts';

/** Only who has a step to do loads it. */
const SignInStepPage = lazy(async () => ({
  default: (await import('../sign-in/sign-in-step-page.tsx')).SignInStepPage,
}));

/** Only who can be asked for a passkey here does. */
const PasskeyButton = lazy(async () => ({ default: (await import('../factors/passkey-button.tsx')).PasskeyButton }));

export function SignInPage() {
  const session = useSession();
  const [held, setHeld] = useState<SignInStep>();
  const { next } = useSearch({ strict: false }) as { next?: unknown };
  if (held !== undefined) return <StepPage step={held} hold={(stays) => setHeld(stays ? held : undefined)} />;
  if (session.data?.state === 'unclaimed') return <LeadTo address={pages.setup} />;
  if (session.data?.state === 'signed in') {
    return <LeadTo address={safeNext(next, location.origin)} />;
  }
  if (session.isPending) return <WaitingPage />;
  const step = session.data?.state === 'unfinished' ? session.data.steps?.[0] : undefined;
  if (step !== undefined) return <StepPage step={step} hold={(stays) => setHeld(stays ? step : undefined)} />;
  return (
    <Page title="Sign in" width="narrow" hiddenTitle>
      <SignInForm />
    </Page>
  );
}

function StepPage(props: { readonly step: SignInStep } & StepFormProps) {
  return (
    <Suspense fallback={<WaitingPage />}>
      <SignInStepPage {...props} />
    </Suspense>
  );
}

function SignInForm() {
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const passwordField = useRef<HTMLInputElement>(null);
  const attempt = useMutation({
    mutationFn: () => signIn(exchange, { email, password }),
    onSuccess: (answer) => becomeSession(client, answer),
    onError: () => passwordField.current?.select(),
  });
  const waitMs = useWaitingTime(attempt.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!attempt.isPending && waitMs === 0) attempt.mutate();
  };
  return (
    <Paper withBorder className={classes.card}>
      <h2 className={classes.heading}>Sign in</h2>
      <form onSubmit={submit}>
        <Stack gap="md">
          <SignInProblem error={attempt.error} waitMs={waitMs} />
          <TextInput
            label="E-mail address"
            type="email"
            name="email"
            autoComplete="username"
            inputMode="email"
            autoFocus
            required
            withAsterisk={false}
            size="md"
            value={email}
            onChange={(event) => {
              setEmail(event.currentTarget.value);
              // The wait is that of the address it was asked for; the exchange says so again where it is everybody's.
              if (waitMs > 0) attempt.reset();
            }}
          />
          <PasswordInput
            ref={passwordField}
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            size="md"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="md" fullWidth loading={attempt.isPending} disabled={waitMs > 0}>
            {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : 'Sign in'}
          </Button>
          <Anchor size="sm" ta="center" renderRoot={(props) => <Link {...props} to={pages.reset} />}>
            Forgotten your password?
          </Anchor>
        </Stack>
      </form>
      {passkeysAreHere() && (
        <Suspense>
          <PasskeyButton />
        </Suspense>
      )}
    </Paper>
  );
}

function SignInProblem({ error, waitMs }: { readonly error: unknown; readonly waitMs: number }) {
  if (error === null) return null;
  const code = error instanceof ClientError ? error.problemCode : undefined;
  if (code === 'ACCESS_SIGN_IN_NEEDED') {
    return (
      <Alert color="red" role="alert" icon={<IconLock aria-hidden />} title="You could not be signed in.">
        E-mail address or password are not right. Check both and try again.
      </Alert>
    );
  }
  if (code === 'ACCESS_TOO_MANY_TRIES') {
    return (
      <Alert color="yellow" role="alert" icon={<IconClock aria-hidden />} title="There were too many tries.">
        {waitMs > 0 ? 'Wait until the button counts down, then try again.' : 'You can try again now.'}
      </Alert>
    );
  }
  return <ProblemNotice error={error} />;
}
