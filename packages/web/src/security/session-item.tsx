import { Button, Group } from '@mantine/core';
import { ClientError } from '@symbolon/client';
import type { OwnSession } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { StateMark } from '../administration/state-mark.tsx';
import { formatMoment } from '../ui/amounts.ts';
import { Fact, Facts } from '../ui/card.tsx';
import { useToast } from '../ui/toast.tsx';
import own from './security.module.css';
import { useEndSessions } from './security-queries.ts';
import { deviceText } from './security-words.ts';

type SessionItemProps = { readonly session: OwnSession; readonly onEnded: () => void };

/** One browser in which one is signed in. */
export function SessionItem({ session, onEnded }: SessionItemProps) {
  const [asking, setAsking] = useState<boolean>();
  const ending = useEndSessions();
  const toast = useToast();
  const device = deviceText(session);
  const done = (text: string) => {
    toast.say(text);
    onEnded();
  };
  const end = () =>
    ending.mutate(session.id, {
      onSuccess: () => done(`${device} is signed out.`),
      onError: (error) => {
        // The list is asked for anew, and the item goes with its notice.
        if (error instanceof ClientError && error.problemCode === 'SESSION_NOT_FOUND')
          done('You were not signed in there any more.');
      },
    });
  return (
    <li className={`${classes.tall} ${own.session}`}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <span className={`${classes.name} ${classes.grow}`}>{device}</span>
        {session.current && <StateMark tone="good">This one</StateMark>}
      </Group>
      <Facts>
        <Fact label="Address">{session.address}</Fact>
        <Fact label="Account">{session.accountName}</Fact>
        <Fact label="Signed in since">{formatMoment(session.createdAt)}</Fact>
        <Fact label="Last seen">{session.current ? 'Now' : formatMoment(session.seenAt)}</Fact>
      </Facts>
      {!session.current && !asking && (
        <div>
          <Button
            className={classes.target}
            variant="light"
            color="red"
            size="xs"
            aria-label={`Sign out ${device}, ${session.address}`}
            autoFocus={asking === false}
            onClick={() => {
              ending.reset();
              setAsking(true);
            }}
          >
            Sign out
          </Button>
        </div>
      )}
      {asking && (
        <Confirm
          title={`Sign out ${device}?`}
          yes="Sign out there"
          no="Stay signed in"
          grave
          pending={ending.isPending}
          error={ending.error}
          onYes={end}
          onNo={() => setAsking(false)}
        >
          From the next request on nothing can be seen or done there without signing in again: an upload that is under
          way there stops.
        </Confirm>
      )}
    </li>
  );
}
