import './styles.ts';
import { Stack } from '@mantine/core';
import { useMe } from '../app/session.ts';
import { DevicesCard } from '../factors/devices-card.tsx';
import { FactorCards } from '../factors/factors-card.tsx';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { Page } from '../ui/page.tsx';
import { EmailCard } from './email-card.tsx';
import { PasswordCard } from './password-card.tsx';
import { SecondPasswordCard } from './second-password-card.tsx';
import { SessionsCard } from './sessions-card.tsx';

/** Who one is here, one's own password, and where one is signed in: everybody's, whatever their role. */
export function SecurityPage() {
  const { name, email, accountName } = useMe();
  return (
    <Page title="My security" width="narrow">
      <Stack gap="md">
        <Card title="You">
          <Facts>
            <Fact label="Name">{name}</Fact>
            <Fact label="E-mail address">{email}</Fact>
            <Fact label="Account">{accountName}</Fact>
          </Facts>
        </Card>
        <PasswordCard />
        <FactorCards />
        <SecondPasswordCard />
        <EmailCard />
        <SessionsCard />
        <DevicesCard />
      </Stack>
    </Page>
  );
}
