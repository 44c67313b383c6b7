import { Button, Paper, Stack, Text } from '@mantine/core';
import { signOut } from '@symbolon/client';
import type { SignInStep } from '@symbolon/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ComponentType, lazy, Suspense } from 'react';
import { exchange } from '../app/exchange.ts';
import { becomeSession } from '../app/session.ts';
import classes from '../people/people.module.css';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { AcceptTermsStep } from './accept-terms-step.tsx';
import type { StepFormProps } from './step-form.ts';
import { UnlockStep } from './unlock-step.tsx';

const FactorStep = lazy(async () => ({ default: (await import('../factors/factor-step.tsx')).FactorStep }));
const EnrolStep = lazy(async () => ({ default: (await import('../factors/enrol-step.tsx')).EnrolStep }));
const ChangePasswordStep = lazy(async () => ({
  default: (await import('./change-password-step.tsx')).ChangePasswordStep,
}));

type Step = {
  readonly title: string;
  readonly why: string;
  readonly Form?: ComponentType<StepFormProps>;
  readonly wide?: boolean;
};

/** Each step's form ends with an answer that says how the session stands then: `becomeSession` shows the next. */
const steps: Readonly<Record<SignInStep, Step>> = {
  'second-factor': {
    title: 'Second factor',
    why: 'Your password was right. Show now that it is you.',
    Form: FactorStep,
  },
  unlock: { title: 'The screen is locked', why: 'Show that it is you, and you go on.', Form: UnlockStep },
  'change-password': {
    title: 'Choose a new password',
    why: 'Yours is older than your account allows, or somebody said that it must be changed.',
    Form: ChangePasswordStep,
  },
  enrol: {
    title: 'Set up a second factor',
    why: 'Your account wants one of everybody who signs in as you do.',
    Form: EnrolStep,
  },
  'accept-terms': {
    title: 'Terms of use',
    why: 'Your account wants them to be accepted before you go on.',
    Form: AcceptTermsStep,
    wide: true,
  },
};

/** What is still to be done before somebody is signed in, one step after the other; or to go without it. */
export function SignInStepPage({ step, hold }: { readonly step: SignInStep } & StepFormProps) {
  const client = useQueryClient();
  const leaving = useMutation({
    mutationFn: () => signOut(exchange),
    onSuccess: (answer) => becomeSession(client, answer),
  });
  const { title, why, Form, wide = false } = steps[step];
  return (
    <Page title={title} width="narrow">
      <Paper withBorder className={classes.card} data-wide={wide}>
        <Stack gap="md">
          <Text>{why}</Text>
          {Form !== undefined && (
            <Suspense>
              <Form key={step} hold={hold} />
            </Suspense>
          )}
          {leaving.isError && <ProblemNotice error={leaving.error} />}
          <div>
            <Button variant="subtle" loading={leaving.isPending} onClick={() => leaving.mutate()}>
              Sign out
            </Button>
          </div>
        </Stack>
      </Paper>
    </Page>
  );
}
