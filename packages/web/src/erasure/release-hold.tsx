import { Button, Group, Text } from '@mantine/core';
import { useId, useState } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './erasure.module.css';
import { useReleaseHold } from './erasure-queries.ts';

/** Asks once more, in place. */
export function ReleaseHold({ holdId }: { readonly holdId: string }) {
  const [asking, setAsking] = useState(false);
  const toast = useToast();
  const releasing = useReleaseHold(holdId);
  const headingId = useId();
  if (!asking) {
    return (
      <Button className={classes.target} variant="default" size="xs" mt="xs" onClick={() => setAsking(true)}>
        Release
      </Button>
    );
  }
  const release = () =>
    releasing.mutate(undefined, {
      onSuccess: () => {
        setAsking(false);
        toast.say('The hold is released.');
      },
    });
  return (
    <div
      className={classes.confirm}
      role="alertdialog"
      aria-labelledby={headingId}
      onKeyDown={({ key }) => key === 'Escape' && setAsking(false)}
    >
      <Text fw={600} id={headingId}>
        Release this hold?
      </Text>
      <Text size="sm" mt={4}>
        What it holds can be erased then, if no other hold stops it. The audit trail keeps that you released it.
      </Text>
      {releasing.error !== null && <ProblemNotice error={releasing.error} />}
      <Group mt="sm" gap="xs">
        <Button className={classes.target} size="xs" loading={releasing.isPending} onClick={release}>
          Release the hold
        </Button>
        <Button className={classes.target} variant="default" size="xs" onClick={() => setAsking(false)} autoFocus>
          Keep it
        </Button>
      </Group>
    </div>
  );
}
