import './styles.ts';
import { Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { LongList } from '../administration/long-list.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { AccountItem } from './account-item.tsx';
import { useAccounts } from './account-queries.ts';
import { NewAccount } from './new-account.tsx';

/** The accounts of the exchange, for who operates it: who owns them, and how much they may hold. */
export function AccountsPage() {
  const me = useMe();
  const [making, setMaking] = useState(false);
  return (
    <AdministratorsPage
      title="Accounts"
      needs="account.list"
      forWhom="The accounts of the exchange are for who operates it"
      actions={
        mayDo(me, 'account.create') && (
          <Button
            className={classes.target}
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setMaking(true)}
          >
            Make an account
          </Button>
        )
      }
    >
      <Text size="sm" className={classes.text} mb="md">
        Each account has people, roles, studies and keys of its own. Who operates the exchange sees how many and how
        much, and nothing of what is in them.
      </Text>
      <LongList found={useAccounts()} itemsOf={({ accounts }) => accounts} waiting="Loading the accounts">
        {(accounts) => (
          <ul className={classes.rows} aria-label="Accounts">
            {accounts.map((account) => (
              <AccountItem key={account.id} account={account} />
            ))}
          </ul>
        )}
      </LongList>
      <Dialog title="Make an account" opened={making} onClose={() => setMaking(false)}>
        {making && <NewAccount onDone={() => setMaking(false)} />}
      </Dialog>
    </AdministratorsPage>
  );
}
