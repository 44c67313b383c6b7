import { Button, Group, Text } from '@mantine/core';
import { useId } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useRevoke } from './link-queries.ts';
import classes from './sharing.module.css';

type RevokeProps = { readonly linkId: string; readonly onDone: () => void };

/** Asks once more, in place: a dialog on top of a dialog loses people on a phone. */
export function Revoke({ linkId, onDone }: RevokeProps) {
  const toast = useToast();
  const revoking = useRevoke(linkId);
  const headingId = useId();
  const revoke = () =>
    revoking.mutate(undefined, {
      onSuccess: () => {
        toast.say('The link is revoked.');
        onDone();
      },
    });
  return (
    <div className={classes.confirm} role="alertdialog" aria-labelledby={headingId}>
      <Text fw={600} id={headingId}>
        Revoke this link?
      </Text>
      <Text size="sm" mt={4}>
        It will open nothing any more. Somebody who has the study open now sees no further image. This cannot be undone;
        you can make a new link at any time.
      </Text>
      {revoking.error !== null && <ProblemNotice error={revoking.error} />}
      <Group mt="sm" gap="xs">
        <Button className={classes.target} color="red.9" size="xs" loading={revoking.isPending} onClick={revoke}>
          Revoke the link
        </Button>
        <Button className={classes.target} variant="default" size="xs" onClick={onDone} autoFocus>
          Keep it
        </Button>
      </Group>
    </div>
  );
}
