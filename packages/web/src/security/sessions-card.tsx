import { Button, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useRef, useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useEndSessions, useOwnSessions } from './security-queries.ts';
import { endedText } from './security-words.ts';
import { SessionItem } from './session-item.tsx';

const title = 'Where you are signed in';

/** The browsers in which one is signed in, in all one's accounts; each but this one can be signed out. */
export function SessionsCard() {
  const { data, error, isPending, refetch } = useOwnSessions();
  const list = useRef<HTMLUListElement>(null);
  const sessions = data?.sessions.toSorted((one, other) => Number(other.current) - Number(one.current)) ?? [];
  const others = sessions.some(({ current }) => !current);
  // What was pressed is gone: whoever pressed it by the keyboard goes on from the list.
  const onEnded = () => list.current?.focus({ preventScroll: true });
  return (
    <Card title={title}>
      {isPending && (
        <Stack gap="xs" role="status">
          <VisuallyHidden>Loading where you are signed in</VisuallyHidden>
          <Skeleton height={96} radius="md" />
        </Stack>
      )}
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          <ul ref={list} tabIndex={-1} className={classes.rows} aria-label={title}>
            {sessions.map((session) => (
              <SessionItem key={session.id} session={session} onEnded={onEnded} />
            ))}
          </ul>
          {others ? <EndOthers onEnded={onEnded} /> : <Text size="sm">You are signed in nowhere else.</Text>}
        </>
      )}
    </Card>
  );
}

function EndOthers({ onEnded }: { readonly onEnded: () => void }) {
  const [asking, setAsking] = useState<boolean>();
  const ending = useEndSessions();
  const toast = useToast();
  const end = () =>
    ending.mutate(undefined, {
      onSuccess: ({ ended }) => {
        toast.say(endedText(ended));
        setAsking(undefined);
        onEnded();
      },
    });
  if (!asking)
    return (
      <div>
        <Button
          className={classes.target}
          variant="light"
          color="red"
          autoFocus={asking === false}
          onClick={() => {
            ending.reset();
            setAsking(true);
          }}
        >
          Sign out everywhere else
        </Button>
      </div>
    );
  return (
    <Confirm
      title="Sign out everywhere but here?"
      yes="Sign out everywhere else"
      no="Stay signed in"
      grave
      pending={ending.isPending}
      error={ending.error}
      onYes={end}
      onNo={() => setAsking(false)}
    >
      In all your accounts, from the next request on: an upload that is under way there stops. API tokens go on. If
      somebody else may have signed in as you, change your password instead: that signs out everywhere else too.
    </Confirm>
  );
}
