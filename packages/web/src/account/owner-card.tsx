import { Button, Group, NativeSelect, Text } from '@mantine/core';
import type { AccountRow } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Card } from '../ui/card.tsx';
import { useToast } from '../ui/toast.tsx';
import { useAdministrators, useTransfer } from './account-queries.ts';

/** Who owns the account, and, for the owner, giving it to somebody else. */
export function OwnerCard({ account }: { readonly account: AccountRow }) {
  const me = useMe();
  const isMine = account.owner?.id === me.userId;
  return (
    <Card title="Owner">
      <Text size="sm" className={classes.text}>
        {account.owner === null ? 'Nobody owns the account.' : <strong>{isMine ? 'You' : account.owner.name}</strong>}
        {account.owner !== null &&
          ' can be neither suspended nor removed by anybody, and only the owner can give the account to another of its administrators.'}
      </Text>
      {isMine && mayDo(me, 'account.transfer') && mayDo(me, 'user.list') && <Transfer />}
    </Card>
  );
}

function Transfer() {
  const { data } = useAdministrators(true);
  const [to, setTo] = useState('');
  const [asking, setAsking] = useState(false);
  const transferring = useTransfer();
  const toast = useToast();
  const heir = data?.find(({ id }) => id === to);
  if (data === undefined) return null;
  if (data.length === 0)
    return <Text size="sm">There is no other active administrator to whom you could give it.</Text>;
  if (asking && heir !== undefined)
    return (
      <Confirm
        title={`Give the account to ${heir.name}?`}
        yes="Give the account away"
        no="Keep it"
        grave
        pending={transferring.isPending}
        error={transferring.error}
        onNo={() => setAsking(false)}
        onYes={() =>
          transferring.mutate(heir.id, { onSuccess: () => toast.say(`The account belongs to ${heir.name} now.`) })
        }
      >
        They become the owner at once. You stay an administrator, and can be suspended and removed like anybody else.
        Only they can give it back.
      </Confirm>
    );
  return (
    <Group align="flex-end" gap="xs">
      <NativeSelect
        className={classes.grow ?? ''}
        label="Give the account to"
        size="md"
        value={to}
        data={[
          { value: '', label: 'Choose an administrator' },
          ...data.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={({ currentTarget }) => setTo(currentTarget.value)}
      />
      <Button variant="default" h={42} disabled={heir === undefined} onClick={() => setAsking(true)}>
        Give it away …
      </Button>
    </Group>
  );
}
