import { Button, Paper, Stack } from '@mantine/core';
import { ClientError } from '@symbolon/client';
import type { LookAtResetAnswer, SessionAnswer } from '@symbolon/contract';
import { pages } from '@symbolon/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { becomeSession, tellOtherTabs } from '../app/session.ts';
import { formatDuration } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useProblemWords } from '../ui/use-problem-words.ts';
import { NewPasswordFields, useNewPassword } from './new-password.tsx';
import classes from './people.module.css';
import { useWaitingTime } from './waiting-time.ts';

type ResetFormProps = {
  readonly email: string;
  readonly rules: LookAtResetAnswer['rules'];
  readonly set: (password: string) => Promise<SessionAnswer>;
  /** The password is set, and they may not sign in from here. */
  readonly onLeftOut: () => void;
};

/** Sets the new password, which signs in; what is still to be done then, the sign-in page leads through. */
export function ResetForm({ email, rules, set, onLeftOut }: ResetFormProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const chosen = useNewPassword({ email, rules });
  const setting = useMutation({
    mutationFn: () => set(chosen.password),
    gcTime: 0,
    onSuccess: (answer) => {
      if (answer.state === 'signed out') onLeftOut();
      becomeSession(client, answer);
      tellOtherTabs();
      if (answer.state !== 'signed out') void navigate({ to: pages.signIn });
    },
    onError: (error) => {
      if (error instanceof ClientError && error.problemCode === 'PASSWORD_TOO_WEAK') chosen.goBack();
    },
  });
  const waitMs = useWaitingTime(setting.error);
  const words = useProblemWords(setting.error);
  const weak = setting.error instanceof ClientError && setting.error.problemCode === 'PASSWORD_TOO_WEAK';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (chosen.mayBeSent() && !setting.isPending && waitMs === 0) setting.mutate();
  };
  return (
    <Paper withBorder className={classes.card} data-wide>
      <h2 className={classes.heading}>Set a new password</h2>
      <p className={classes.lead}>You are signed out everywhere when it is set.</p>
      <form onSubmit={submit}>
        {/* Password managers file the new one under it. */}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <Stack gap="md">
          <NewPasswordFields
            {...chosen.fields}
            label="New password"
            labelAgain="The new password once more"
            refused={weak ? words?.happened : undefined}
          />
          {setting.isError && !weak && <ProblemNotice error={setting.error} />}
          <Button type="submit" size="md" loading={setting.isPending} disabled={waitMs > 0}>
            {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : 'Set the password'}
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
