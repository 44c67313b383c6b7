import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { ClientError } from '@symbolon/client';
import { type FormEvent, useRef, useState } from 'react';
import administration from '../administration/administration.module.css';
import { useMe } from '../app/session.ts';
import { useWaitingTime } from '../people/waiting-time.ts';
import { formatDuration } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useProblemWords } from '../ui/use-problem-words.ts';
import classes from './security.module.css';
import { useChangeEmail } from './security-queries.ts';

/** Asks for another address to sign in with; it is changed once the link is opened that is mailed there. */
export function EmailCard() {
  const { email: own } = useMe();
  const [email, setEmail] = useState('');
  const [current, setCurrent] = useState('');
  const passwordField = useRef<HTMLInputElement>(null);
  const changing = useChangeEmail();
  const waitMs = useWaitingTime(changing.error);
  const words = useProblemWords(changing.error);
  const wrong = changing.error instanceof ClientError && changing.error.problemCode === 'PASSWORD_WRONG';
  const look = { size: 'md', classNames: { visibilityToggle: classes.toggle ?? '' } } as const;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (changing.isPending || waitMs > 0) return;
    changing.mutate(
      { current, email },
      {
        onSuccess: () => {
          setEmail('');
          setCurrent('');
        },
        onError: () => passwordField.current?.select(),
      },
    );
  };
  return (
    <Card title="E-mail address">
      <Text size="sm" className={administration.text}>
        You sign in with {own}. Another address is used once you open the link that is mailed to it; this one is told.
      </Text>
      <form onSubmit={submit} className={classes.form}>
        <Stack gap="md">
          <TextInput
            label="New e-mail address"
            type="email"
            name="new-email"
            autoComplete="email"
            inputMode="email"
            size="md"
            required
            withAsterisk={false}
            maxLength={254}
            value={email}
            onChange={({ currentTarget }) => {
              setEmail(currentTarget.value);
              if (changing.isSuccess) changing.reset();
            }}
          />
          <PasswordInput
            {...look}
            ref={passwordField}
            label="Your password"
            name="password-for-email"
            autoComplete="current-password"
            required
            withAsterisk={false}
            maxLength={1024}
            error={wrong && words ? `${words.happened} ${words.advice}` : undefined}
            errorProps={{ role: 'alert' }}
            aria-invalid={wrong}
            value={current}
            onChange={({ currentTarget }) => {
              setCurrent(currentTarget.value);
              if (wrong) changing.reset();
            }}
          />
          {changing.isError && !wrong && <ProblemNotice error={changing.error} />}
          {changing.isSuccess && (
            <Text size="sm" role="status">
              A mail is on its way to {changing.data.mailedTo}. Until its link is opened you sign in as before.
            </Text>
          )}
          <div>
            <Button type="submit" className={administration.target} loading={changing.isPending} disabled={waitMs > 0}>
              {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : 'Change the address'}
            </Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}
