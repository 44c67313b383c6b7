import { Button, PasswordInput, Stack } from '@mantine/core';
import { ClientError } from '@symbolon/client';
import type { PasswordPolicy } from '@symbolon/contract';
import { type FormEvent, useRef, useState } from 'react';
import administration from '../administration/administration.module.css';
import { NewPasswordFields, useNewPassword } from '../people/new-password.tsx';
import { useWaitingTime } from '../people/waiting-time.ts';
import { formatDuration } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useProblemWords } from '../ui/use-problem-words.ts';
import classes from './security.module.css';
import { useChangePassword } from './security-queries.ts';

type Field = 'current' | 'password';

/** What the exchange refuses is said at the field that it is about. */
const fieldOf = (error: unknown): Field | undefined => {
  const code = error instanceof ClientError ? error.problemCode : undefined;
  if (code === 'PASSWORD_WRONG') return 'current';
  return code === 'PASSWORD_TOO_WEAK' ? 'password' : undefined;
};

type ChangePasswordFormProps = {
  readonly email: string;
  readonly rules: PasswordPolicy | undefined;
  /** What follows, `ended` being how many other sessions ended with it. */
  readonly onChanged: (ended: number) => void;
};

/** Changes one's own password, by who knows the one that holds. Whatever is refused, what was typed stays. */
export function ChangePasswordForm({ email, rules, onChanged }: ChangePasswordFormProps) {
  const [current, setCurrent] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const currentField = useRef<HTMLInputElement>(null);
  const changing = useChangePassword();
  const waitMs = useWaitingTime(changing.error);
  const words = useProblemWords(changing.error);
  const refused = fieldOf(changing.error);
  const chosen = useNewPassword({
    email,
    rules,
    besides: (password) => (password === current ? 'This is the one that you have now.' : undefined),
  });
  const { password } = chosen;
  const wrong = refused === 'current' && words ? `${words.happened} ${words.advice}` : undefined;
  const forget = (field: Field): void => {
    if (refused === field) changing.reset();
  };
  const look = { size: 'md', classNames: { visibilityToggle: classes.toggle ?? '' } } as const;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (chosen.mayBeSent() && !changing.isPending && waitMs === 0)
      changing.mutate(
        { current, password },
        {
          onSuccess: ({ ended }) => {
            setCurrent('');
            chosen.clear();
            changing.reset();
            // The button cannot be pressed while it works, and so loses the focus.
            form.current?.focus({ preventScroll: true });
            onChanged(ended);
          },
          onError: (error) => {
            const field = fieldOf(error);
            if (field === 'password') chosen.goBack();
            if (field !== 'current') return;
            currentField.current?.focus();
            currentField.current?.select();
          },
        },
      );
  };
  return (
    <form ref={form} tabIndex={-1} onSubmit={submit} className={classes.form}>
      {/* Password managers file the new one under it. */}
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <Stack gap="md">
        <PasswordInput
          {...look}
          ref={currentField}
          label="The password that you have now"
          name="current-password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          maxLength={1024}
          error={wrong}
          errorProps={{ role: 'alert' }}
          aria-invalid={wrong !== undefined}
          value={current}
          onChange={({ currentTarget }) => {
            setCurrent(currentTarget.value);
            forget('current');
          }}
        />
        <NewPasswordFields
          {...chosen.fields}
          label="New password"
          labelAgain="The new password once more"
          look={look}
          refused={refused === 'password' ? words?.happened : undefined}
          onPassword={(typed) => {
            chosen.setPassword(typed);
            forget('password');
          }}
        />
        {changing.isError && refused === undefined && <ProblemNotice error={changing.error} />}
        <div>
          <Button type="submit" className={administration.target} loading={changing.isPending} disabled={waitMs > 0}>
            {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : 'Change the password'}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
