import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { ClientError, proveAgain, signOut } from '@symbolon/client';
import type { SessionAnswer } from '@symbolon/contract';
import { IconLock } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { exchange } from '../app/exchange.ts';
import { lock } from '../app/lock.ts';
import { becomeSession, isOfPages, sessionQuery, tellOtherTabs, useMe } from '../app/session.ts';
import { Brand } from '../ui/brand.tsx';
import classes from './lock.module.css';
import { PasswordForm } from './password-form.tsx';

/** In place of the whole page, until whoever is there proves who they are; then everything is where it was. */
export function LockScreen({ onOpened }: { readonly onOpened: () => void }) {
  const { name, email } = useMe();
  const queries = useQueryClient();
  const before = useRef(document.activeElement);
  const title = useRef(document.title);
  useEffect(() => {
    const [from, was] = [before.current, title.current];
    document.title = 'Locked – Symbolon';
    return () => {
      document.title = was;
      if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
    };
  }, []);
  const opened = (answer: SessionAnswer): void => {
    if (answer.me === null) becomeSession(queries, answer);
    else {
      queries.setQueryData(sessionQuery.queryKey, answer);
      // The page asked for nothing meanwhile.
      void queries.invalidateQueries({ predicate: isOfPages });
      onOpened();
    }
    lock.release();
  };
  const left = (): void => {
    becomeSession(queries, { state: 'signed out', me: null });
    lock.release();
    tellOtherTabs();
  };
  const leaving = useMutation({ mutationFn: () => signOut(exchange), onSuccess: left });
  return (
    <main className={classes.screen} aria-label="The screen is locked">
      <Paper withBorder className={classes.card}>
        <Stack gap="md">
          <Brand />
          <div>
            <Title order={1} size="h3" className={classes.title}>
              <IconLock size={20} aria-hidden /> The screen is locked
            </Title>
            <Text size="sm" mt={4}>
              {name} is signed in here. Everything is as it was left.
            </Text>
          </div>
          <PasswordForm
            label="Your password"
            button="Unlock"
            email={email}
            give={(password) => proveAgain(exchange, { password })}
            onDone={opened}
            onFailed={(error) => {
              if (error instanceof ClientError && error.status === 401) left();
            }}
          >
            <Button variant="subtle" h={42} loading={leaving.isPending} onClick={() => leaving.mutate()}>
              Sign out
            </Button>
          </PasswordForm>
        </Stack>
      </Paper>
    </main>
  );
}
