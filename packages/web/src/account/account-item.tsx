import { Button, Group } from '@mantine/core';
import type { AccountRow } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { StateMark } from '../administration/state-mark.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { InvitationResult } from '../people/invitation-result.tsx';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useInviteOwnerAgain } from './account-queries.ts';
import { QuotaForm } from './quota-form.tsx';

/** One account of the exchange. */
export function AccountItem({ account }: { readonly account: AccountRow }) {
  const me = useMe();
  const [limiting, setLimiting] = useState(false);
  const inviting = useInviteOwnerAgain(account.id);
  const { name, owner, operates, users, createdAt, closedAt } = account;
  const open = closedAt === null;
  return (
    <li className={classes.tall}>
      <Group justify="space-between" gap="xs" align="flex-start">
        <span className={classes.name}>{name}</span>
        {operates && <StateMark tone="plain">Operates the exchange</StateMark>}
        {!open && <StateMark tone="bad">Closed</StateMark>}
      </Group>
      <Facts>
        <Fact label="Owner">
          {owner === null ? 'Nobody' : owner.name}
          {owner?.invited && ', invited'}
        </Fact>
        <Fact label="People and programs">{formatCount(users)}</Fact>
        <Fact label={open ? 'Since' : 'Closed'}>{formatMoment(closedAt ?? createdAt)}</Fact>
      </Facts>
      {inviting.error !== null && <ProblemNotice error={inviting.error} />}
      {inviting.data !== undefined ? (
        <InvitationResult
          invited={{ user: { name: owner?.name ?? 'The owner' }, invitation: inviting.data }}
          onCopied={() => {}}
          onDone={() => inviting.reset()}
        />
      ) : (
        <Group gap="xs">
          {open && mayDo(me, 'quota.set') && (
            <Button variant="default" size="xs" className={classes.target} onClick={() => setLimiting(true)}>
              How much it may hold …
            </Button>
          )}
          {open && owner?.invited && mayDo(me, 'account.create') && (
            <Button
              variant="default"
              size="xs"
              className={classes.target}
              loading={inviting.isPending}
              onClick={() => inviting.mutate()}
            >
              Invite the owner again
            </Button>
          )}
        </Group>
      )}
      <Dialog title={`How much ${name} may hold`} opened={limiting} onClose={() => setLimiting(false)}>
        {limiting && <QuotaForm accountId={account.id} name={name} onDone={() => setLimiting(false)} />}
      </Dialog>
    </li>
  );
}
