import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { ClientError } from '@symbolon/client';
import { type FormEvent, useRef, useState } from 'react';
import administration from '../administration/administration.module.css';
import { useMe, useSession } from '../app/session.ts';
import { NewPasswordFields, useNewPassword } from '../people/new-password.tsx';
import { useWaitingTime } from '../people/waiting-time.ts';
import { formatDuration } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useProblemWords } from '../ui/use-problem-words.ts';
import classes from './security.module.css';
import { useChooseSecondPassword, useOwnPassword } from './security-queries.ts';

type Field = 'current' | 'former' | 'password';
const fields: Readonly<Record<string, Field>> = {
  PASSWORD_WRONG: 'current',
  SECOND_PASSWORD_WRONG: 'former',
  PASSWORD_TOO_WEAK: 'password',
};
const fieldOf = (error: unknown): Field | undefined =>
  error instanceof ClientError && error.problemCode !== undefined ? fields[error.problemCode] : undefined;

/** Chooses one's second password, which opens identities; only where the account wants one. */
export function SecondPasswordCard() {
  const { email } = useMe();
  const { data } = useSession();
  const [current, setCurrent] = useState('');
  const [former, setFormer] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const toast = useToast();
  const choosing = useChooseSecondPassword();
  const waitMs = useWaitingTime(choosing.error);
  const words = useProblemWords(choosing.error);
  const refused = fieldOf(choosing.error);
  const rules = useOwnPassword().data?.rules;
  const chosen = useNewPassword({
    email,
    rules,
    besides: (password) => (password === current ? 'This is your first password.' : undefined),
  });
  if (data?.identities === undefined) return null;
  // Open: it was chosen, and whoever chooses another knows it.
  const has = data.identities.state !== 'unset';
  const { password } = chosen;
  const look = { size: 'md', classNames: { visibilityToggle: classes.toggle ?? '' } } as const;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!chosen.mayBeSent() || choosing.isPending || waitMs > 0) return;
    choosing.mutate(
      { current, password, ...(has && { former }) },
      {
        onSuccess: () => {
          toast.say('Your second password is chosen, and identities are open.');
          setCurrent('');
          setFormer('');
          chosen.clear();
          choosing.reset();
          form.current?.focus({ preventScroll: true });
        },
        onError: (error) => {
          if (fieldOf(error) === 'password') chosen.goBack();
        },
      },
    );
  };
  const before = (name: 'current' | 'former', label: string, value: string, set: (text: string) => void) => (
    <PasswordInput
      {...look}
      label={label}
      name={`${name}-of-two`}
      autoComplete={name === 'current' ? 'current-password' : 'off'}
      required
      withAsterisk={false}
      maxLength={1024}
      value={value}
      error={refused === name && words !== undefined ? `${words.happened} ${words.advice}` : undefined}
      errorProps={{ role: 'alert' }}
      aria-invalid={refused === name}
      onChange={({ currentTarget }) => {
        set(currentTarget.value);
        if (refused === name) choosing.reset();
      }}
    />
  );
  return (
    <Card title="Second password">
      <Text size="sm" className={administration.text}>
        Your account shows identities only after a second password; until then you see pseudonyms. It is another one
        than the first. Who forgets it asks an administrator.
      </Text>
      <form ref={form} tabIndex={-1} onSubmit={submit} className={classes.form}>
        <Stack gap="md">
          {before('current', 'The password that you sign in with', current, setCurrent)}
          {has && before('former', 'The second password that you have now', former, setFormer)}
          <NewPasswordFields
            {...chosen.fields}
            label={has ? 'New second password' : 'Second password'}
            labelAgain="The same once more"
            refused={refused === 'password' ? words?.happened : undefined}
            look={look}
          />
          {choosing.isError && refused === undefined && <ProblemNotice error={choosing.error} />}
          <div>
            <Button type="submit" className={administration.target} loading={choosing.isPending} disabled={waitMs > 0}>
              {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : has ? 'Change the second password' : 'Choose it'}
            </Button>
          </div>
        </Stack>
      </form>
    </Card>
  );
}
