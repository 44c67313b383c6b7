import './styles.ts';
import { Stack, Text } from '@mantine/core';
import classes from '../administration/administration.module.css';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { TokensCard } from './tokens-card.tsx';

/** One's own API tokens, and, for who may see them, all of the account. */
export function TokensPage() {
  const me = useMe();
  return (
    <AdministratorsPage title="API tokens" needs="token.list" forWhom="Your role has no API tokens">
      <Stack gap="md">
        <Text size="sm" className={classes.text}>
          With a token a program does what you may do, without your password: <code>symbolon send</code>, a script, a
          DICOMweb client. Give each program one of its own, with no more than it needs.
        </Text>
        <TokensCard of={{ id: me.userId, name: me.name, kind: 'person', state: 'active' }} />
        {/* Who may see their own only is told so by a list that has no others. */}
        {mayDo(me, 'user.list') && <TokensCard />}
      </Stack>
    </AdministratorsPage>
  );
}
