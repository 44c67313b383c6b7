import { Button, Paper, PasswordInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { acceptInvitationInBrowser, ClientError } from '@symbolon/client';
import type { LookAtInvitationAnswer } from '@symbolon/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import classes from '../administration/administration.module.css';
import { exchange } from '../app/exchange.ts';
import { becomeSession, tellOtherTabs } from '../app/session.ts';
import { longMoment } from '../sharing/moments.ts';
import { formatDuration } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { NewPasswordFields, useNewPassword } from './new-password.tsx';
import people from './people.module.css';
import { useWaitingTime } from './waiting-time.ts';

type InvitationFormProps = {
  readonly secret: string;
  readonly look: LookAtInvitationAnswer;
  readonly onDone: () => void;
};

/** `new`: chooses a password. `known`: has one on this exchange already. The exchange does not tell which; they know. */
type Who = 'new' | 'known';

/** Takes the invitation up. Whatever is refused, what was typed stays. */
export function InvitationForm({ secret, look, onDone }: InvitationFormProps) {
  const client = useQueryClient();
  const [who, setWho] = useState<Who>('new');
  const [name, setName] = useState(look.name);
  const chosen = useNewPassword({ email: look.email, rules: look.rules });
  const { password } = chosen;
  const passwordField = useRef<HTMLInputElement>(null);
  const accepting = useMutation({
    mutationFn: () =>
      acceptInvitationInBrowser(exchange, { secret, password, ...(name.trim() === '' ? {} : { name }) }),
    gcTime: 0,
    onSuccess: (answer) => {
      onDone();
      becomeSession(client, answer);
      tellOtherTabs();
    },
    onError: (error) => {
      const known = error instanceof ClientError && error.problemCode === 'INVITATION_PASSWORD_WRONG';
      // Now, so that there is a field to go to.
      if (known) flushSync(() => setWho('known'));
      if (passwordField.current === null) chosen.goBack();
      passwordField.current?.focus();
      passwordField.current?.select();
    },
  });
  const waitMs = useWaitingTime(accepting.error);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if ((who === 'known' || chosen.mayBeSent()) && !accepting.isPending && waitMs === 0) accepting.mutate();
  };
  return (
    <Paper withBorder className={people.card} data-wide>
      <h2 className={people.heading}>
        {look.from} invites you to {look.accountName}
      </h2>
      <p className={people.lead}>The invitation can be taken up until {longMoment(look.expiresAt)}.</p>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Your e-mail address"
            description="You sign in with it."
            type="email"
            name="email"
            autoComplete="username"
            readOnly
            value={look.email}
          />
          <TextInput
            label="Your name"
            description="What the people of this account see."
            name="name"
            autoComplete="name"
            required
            withAsterisk={false}
            maxLength={200}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <SegmentedControl
            aria-label="Do you have a password here"
            fullWidth
            size="sm"
            classNames={{ label: classes.chooseLabel ?? '' }}
            data={[
              { value: 'new', label: 'I am new' },
              { value: 'known', label: 'I have a password' },
            ]}
            value={who}
            onChange={(value) => setWho(value as Who)}
          />
          {who === 'known' && (
            <Text size="sm">
              Give the password with which you sign in to this exchange already; the account is added to what you have.
            </Text>
          )}
          {who === 'new' ? (
            <NewPasswordFields {...chosen.fields} />
          ) : (
            <PasswordInput
              ref={passwordField}
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              maxLength={1024}
              value={password}
              onChange={({ currentTarget }) => chosen.setPassword(currentTarget.value)}
            />
          )}
          {accepting.isError && <ProblemNotice error={accepting.error} />}
          <Button type="submit" size="md" loading={accepting.isPending} disabled={waitMs > 0}>
            {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : 'Take up the invitation'}
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}
