import { Button, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { InvitationResult } from '../people/invitation-result.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useCreateAccount } from './account-queries.ts';

/** Makes an account with keys and roles of its own, and invites its owner. */
export function NewAccount({ onDone }: { readonly onDone: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [ownerName, setOwnerName] = useState('');
  const [tried, setTried] = useState(false);
  const creating = useCreateAccount();
  const unnamed = name.trim() === '';
  const noAddress = !/^\S+@\S+$/.test(email.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (unnamed || noAddress || creating.isPending) return;
    creating.mutate({ name, owner: { email, ...(ownerName.trim() === '' ? {} : { name: ownerName }) } });
  };
  if (creating.data !== undefined) {
    const { account, invitation } = creating.data;
    return (
      <InvitationResult
        invited={{ user: { name: account.owner?.name ?? email }, invitation }}
        onCopied={() => {}}
        onDone={onDone}
      />
    );
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label="Name of the account"
          description="The organisation. People see it on what is shared with them."
          size="md"
          autoComplete="off"
          maxLength={200}
          value={name}
          error={tried && unnamed && 'Give it a name.'}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <TextInput
          label="E-mail address of its owner"
          description="They are invited, and are the first in it: nobody of your account is. The invitation goes there; where the exchange sends no mails, you give it to them."
          type="email"
          size="md"
          autoComplete="off"
          maxLength={254}
          value={email}
          error={tried && noAddress && 'Give the whole address, with an @.'}
          onChange={({ currentTarget }) => setEmail(currentTarget.value)}
        />
        <TextInput
          label="Name of its owner (if you know it)"
          size="md"
          autoComplete="off"
          maxLength={200}
          value={ownerName}
          onChange={({ currentTarget }) => setOwnerName(currentTarget.value)}
        />
        {creating.error !== null && <ProblemNotice error={creating.error} />}
        <Button type="submit" className={classes.target} loading={creating.isPending}>
          Make the account
        </Button>
      </Stack>
    </form>
  );
}
