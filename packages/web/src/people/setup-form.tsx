import { Button, Paper, Stack, TextInput } from '@mantine/core';
import { ClientError, setupInBrowser } from '@symbolon/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ChangeEvent, type FormEvent, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { becomeSession, sessionQuery } from '../app/session.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { NewPasswordFields, useNewPassword } from './new-password.tsx';
import classes from './people.module.css';

type Fields = Readonly<Record<'accountName' | 'name' | 'email', string>>;
const nothing: Fields = { accountName: '', name: '', email: '' };

type SetupFormProps = { readonly secret: string; readonly onDone: () => void };

/** Makes the first account and its owner. Whatever is refused, what was typed stays. */
export function SetupForm({ secret, onDone }: SetupFormProps) {
  const client = useQueryClient();
  const [fields, setFields] = useState(nothing);
  const { accountName, name, email } = fields;
  const chosen = useNewPassword({ email });
  const { password } = chosen;
  const type =
    (field: keyof Fields) =>
    (event: ChangeEvent<HTMLInputElement>): void =>
      setFields({ ...fields, [field]: event.currentTarget.value });
  const attempt = useMutation({
    mutationFn: () => setupInBrowser(exchange, { secret, accountName, name, email, password }),
    onSuccess: (answer) => {
      onDone();
      becomeSession(client, answer);
    },
    onError: (error) => {
      // Somebody else was faster: the page then says so and leads to the sign-in.
      if (error instanceof ClientError && error.problemCode === 'ACCOUNT_EXISTS_ALREADY')
        void client.invalidateQueries(sessionQuery);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (chosen.mayBeSent() && !attempt.isPending) attempt.mutate();
  };
  return (
    <Paper withBorder className={classes.card} data-wide>
      <h2 className={classes.heading}>Set up this exchange</h2>
      <p className={classes.lead}>You become the administrator of the first account.</p>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Name of your organisation"
            description="People see it on what you share with them."
            name="organization"
            autoComplete="organization"
            required
            withAsterisk={false}
            maxLength={200}
            value={accountName}
            onChange={type('accountName')}
          />
          <TextInput
            label="Your name"
            name="name"
            autoComplete="name"
            required
            withAsterisk={false}
            maxLength={200}
            value={name}
            onChange={type('name')}
          />
          <TextInput
            label="Your e-mail address"
            description="You sign in with it."
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            maxLength={254}
            value={email}
            onChange={type('email')}
          />
          <NewPasswordFields {...chosen.fields} />
          {attempt.isError && <ProblemNotice error={attempt.error} />}
          <Button type="submit" size="md" loading={attempt.isPending} disabled={secret === ''}>
            Make the account
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
