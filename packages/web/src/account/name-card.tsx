import { Button, Group, TextInput } from '@mantine/core';
import type { AccountRow } from '@symbolon/contract';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useRenameAccount } from './account-queries.ts';

/** What the account is called: people see it on what is shared with them. */
export function NameCard({ account }: { readonly account: AccountRow }) {
  const me = useMe();
  const [name, setName] = useState(account.name);
  const renaming = useRenameAccount();
  const toast = useToast();
  const missing = name.trim() === '';
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (missing || renaming.isPending) return;
    renaming.mutate(name, { onSuccess: () => toast.say('The name of the account is changed.') });
  };
  return (
    <Card title="The account">
      <Facts>
        <Fact label="Since">{formatMoment(account.createdAt)}</Fact>
        <Fact label="People and programs">{formatCount(account.users)}</Fact>
        {account.operates && <Fact label="Operates">this exchange: its storage, backups and accounts</Fact>}
      </Facts>
      {mayDo(me, 'account.change') ? (
        <form onSubmit={save} noValidate>
          <Group align="flex-end" gap="xs">
            <TextInput
              className={classes.grow ?? ''}
              label="Name"
              size="md"
              maxLength={200}
              autoComplete="off"
              value={name}
              error={missing && 'Give it a name.'}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
            <Button type="submit" h={42} disabled={name.trim() === account.name} loading={renaming.isPending}>
              Save the name
            </Button>
          </Group>
        </form>
      ) : (
        <strong>{account.name}</strong>
      )}
      {renaming.error !== null && <ProblemNotice error={renaming.error} />}
    </Card>
  );
}
