import './styles.ts';
import { Stack, Text } from '@mantine/core';
import { IconEraser } from '@tabler/icons-react';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { LongList } from '../administration/long-list.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Card, ShellCommand } from '../ui/card.tsx';
import { Empty } from '../ui/empty.tsx';
import { AccountCard } from './account-card.tsx';
import classes from './erasure.module.css';
import { ErasureItem } from './erasure-item.tsx';
import { useErasures } from './erasure-queries.ts';
import { HoldsCard } from './holds-card.tsx';

/** What was erased and how far it is, with the certificates; what is held; and the account as a whole. */
export function ErasuresPage() {
  const me = useMe();
  return (
    <AdministratorsPage title="Erasures" needs="erasure.view" forWhom="Erasures are for administrators">
      <Stack gap="md">
        <Erased />
        {mayDo(me, 'hold.view') && <HoldsCard />}
        <HowToVerify />
        {mayDo(me, 'account.erase') && <AccountCard accountName={me.accountName} />}
      </Stack>
    </AdministratorsPage>
  );
}

function Erased() {
  return (
    <Card title="What was erased">
      <LongList
        found={useErasures()}
        itemsOf={({ erasures }) => erasures}
        waiting="Loading what was erased"
        empty={
          <Empty icon={<IconEraser size={28} />} title="Nothing was erased">
            A study, parts of it, or a patient are erased from the page of the study.
          </Empty>
        }
      >
        {(erasures) => (
          <ul className={classes.list} aria-label="Erasures">
            {erasures.map((erasure) => (
              <ErasureItem key={erasure.id} erasure={erasure} now={Date.now()} />
            ))}
          </ul>
        )}
      </LongList>
    </Card>
  );
}

function HowToVerify() {
  return (
    <Card title="What a certificate proves">
      <Text size="sm" className={classes.text}>
        The exchange signs when it destroyed the keys, how much went, and from when on it is final: when the last backup
        of the keys has ended that may still hold them, 30 days after it was made. It names nobody, so it can be kept
        and shown. Anybody can verify it without the exchange; the fingerprint is what its keeper tells them, and what
        it prints when it starts:
      </Text>
      <ShellCommand>symbolon erasure verify certificate.json --fingerprint HEX --study UID</ShellCommand>
    </Card>
  );
}
