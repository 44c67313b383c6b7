import './styles.ts';
import { Button, Modal, Stack, Text } from '@mantine/core';
import { openIdentities, proveAgain } from '@symbolon/client';
import { pages, type SessionAnswer } from '@symbolon/contract';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { exchange } from '../app/exchange.ts';
import { type Question, questions } from '../app/questions.ts';
import { sessionQuery, useMe, useSession } from '../app/session.ts';
import { PasswordForm } from './password-form.tsx';

const titles: Readonly<Record<Question, string>> = { proof: 'Show that it is you', identities: 'Open identities' };

/**
 * What the exchange wants of a person before it goes on, over whatever is open: what was asked is done afterwards by itself, and
 * whoever closes this reads why it was not done. Focus goes back to where it was.
 */
export function QuestionDialog({ question }: { readonly question: Question }) {
  const queries = useQueryClient();
  const before = useRef(document.activeElement);
  useEffect(() => {
    const from = before.current;
    return () => {
      if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
    };
  }, []);
  const done = (answer: SessionAnswer): void => {
    queries.setQueryData(sessionQuery.queryKey, answer);
    questions.settle(true);
  };
  return (
    <Modal
      opened
      onClose={() => questions.settle(false)}
      closeOnEscape={false}
      title={titles[question]}
      closeButtonProps={{ 'aria-label': 'Close' }}
      zIndex={400}
      returnFocus={false}
    >
      {question === 'proof' ? <Proof onDone={done} /> : <Identities onDone={done} />}
    </Modal>
  );
}

type FormProps = { readonly onDone: (answer: SessionAnswer) => void };

const Cancel = () => (
  <Button variant="default" h={42} onClick={() => questions.settle(false)}>
    Cancel
  </Button>
);

function Proof({ onDone }: FormProps) {
  const { email } = useMe();
  return (
    <Stack gap="md">
      <Text size="sm">
        This can do harm in the wrong hands, so it must be certain that you are the one who does it. You are asked once
        in ten minutes.
      </Text>
      <PasswordForm
        label="Your password"
        button="Go on"
        email={email}
        give={(password) => proveAgain(exchange, { password })}
        onDone={onDone}
      >
        <Cancel />
      </PasswordForm>
    </Stack>
  );
}

function Identities({ onDone }: FormProps) {
  const { data } = useSession();
  if (data?.identities?.state === 'unset')
    return (
      <Stack gap="md">
        <Text size="sm">
          Your account opens identities with a second password, and you have not chosen yours.{' '}
          <Link to={pages.security} onClick={() => questions.settle(false)}>
            Choose it
          </Link>
        </Text>
      </Stack>
    );
  return (
    <Stack gap="md">
      <Text size="sm">
        Until then you see pseudonyms. They stay open for an hour, or until the screen is locked. Who forgot the second
        password asks an administrator.
      </Text>
      <PasswordForm
        label="Your second password"
        button="Open identities"
        give={(password) => openIdentities(exchange, { password })}
        onDone={onDone}
      >
        <Cancel />
      </PasswordForm>
    </Stack>
  );
}
