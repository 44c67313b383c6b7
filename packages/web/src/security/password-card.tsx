import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { ClientError } from '@symbolon/client';
import { isStrongEnough } from '@symbolon/contract';
import { type ChangeEvent, type FormEvent, useRef, useState } from 'react';
import administration from '../administration/administration.module.css';
import { useMe } from '../app/session.ts';
import { withPasswordHints } from '../people/password-hints.tsx';
import { useWaitingTime } from '../people/waiting-time.ts';
import { formatDuration } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useProblemWords } from '../ui/use-problem-words.ts';
import classes from './security.module.css';
import { useChangePassword } from './security-queries.ts';
import { endedText, type Fields, nothing } from './security-words.ts';

const names = { current: 'current-password', password: 'new-password', again: 'new-password-again' } as const;

/** What the exchange refuses is said at the field that it is about. */
const fieldOf = (error: unknown): keyof Fields | undefined => {
  const code = error instanceof ClientError ? error.problemCode : undefined;
  if (code === 'PASSWORD_WRONG') return 'current';
  return code === 'PASSWORD_TOO_WEAK' ? 'password' : undefined;
};

/** Changes one's own password; whoever learned the old one is signed out with it. Whatever is refused, what was typed stays. */
export function PasswordCard() {
  const { email } = useMe();
  const [fields, setFields] = useState(nothing);
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const goTo = (field: keyof Fields): void => {
    const input = form.current?.elements.namedItem(names[field]) as HTMLInputElement | null;
    input?.focus();
    input?.select();
  };
  const toast = useToast();
  const changing = useChangePassword();
  const { current, password, again } = fields;
  const waitMs = useWaitingTime(changing.error);
  const words = useProblemWords(changing.error);
  const refused = fieldOf(changing.error);
  const weak = !isStrongEnough(password, email);
  const same = password !== '' && password === current;
  const different = password !== again;
  const faults = {
    current: refused === 'current' && words ? `${words.happened} ${words.advice}` : undefined,
    password: !tried
      ? undefined
      : weak
        ? 'This password is not strong enough yet.'
        : same
          ? 'This is the one that you have now.'
          : refused === 'password'
            ? words?.happened
            : undefined,
    again: (tried || again.length >= password.length) && again !== '' && different ? 'The two differ.' : undefined,
  };
  const type =
    (field: keyof Fields) =>
    ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => {
      setFields({ ...fields, [field]: currentTarget.value });
      if (refused === field) changing.reset();
    };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (weak || same) goTo('password');
    else if (different) goTo('again');
    else if (!changing.isPending && waitMs === 0)
      changing.mutate(
        { current, password },
        {
          onSuccess: ({ ended }) => {
            toast.say(`Your password is changed. ${endedText(ended)}`);
            setFields(nothing);
            setTried(false);
            changing.reset();
            // The button cannot be pressed while it works, and so loses the focus.
            form.current?.focus({ preventScroll: true });
          },
          onError: (error) => {
            const field = fieldOf(error);
            if (field !== undefined) goTo(field);
          },
        },
      );
  };
  const field = (name: keyof Fields, label: string, autoComplete: string) => ({
    classNames: { visibilityToggle: classes.toggle ?? '' },
    label,
    name: names[name],
    autoComplete,
    size: 'md' as const,
    required: true,
    withAsterisk: false,
    maxLength: 1024,
    error: faults[name],
    errorProps: { role: 'alert' },
    'aria-invalid': faults[name] !== undefined,
    value: fields[name],
    onChange: type(name),
  });
  return (
    <Card title="Password">
      <Text size="sm" className={administration.text}>
        Changing it signs you out everywhere else, in all your accounts. API tokens go on.
      </Text>
      <form ref={form} tabIndex={-1} onSubmit={submit} className={classes.form}>
        {/* Password managers file the new one under it. */}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <Stack gap="md">
          <PasswordInput {...field('current', 'The password that you have now', 'current-password')} />
          <PasswordInput
            {...field('password', 'New password', 'new-password')}
            {...withPasswordHints({ password, email })}
          />
          <PasswordInput {...field('again', 'The new password once more', 'new-password')} />
          {changing.isError && refused === undefined && <ProblemNotice error={changing.error} />}
          <div>
            <Button type="submit" className={administration.target} loading={changing.isPending} disabled={waitMs > 0}>
              {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : 'Change the password'}
            </Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}
