import { Button, Group, Text } from '@mantine/core';
import { useId, useState } from 'react';
import { formatMoment } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useRevokeGrants } from './grant-queries.ts';
import { type Share, untilText, whatText } from './grant-words.ts';
import { GranteeName } from './grantee-picker.tsx';
import classes from './grants.module.css';

type ShareItemProps = { readonly studyId: string; readonly share: Share; readonly mayRevoke: boolean };

/** What one person or group was granted, and how to end it: asked once more, in place. */
export function ShareItem({ studyId, share, mayRevoke }: ShareItemProps) {
  const [asking, setAsking] = useState(false);
  const { grantedBy, grantedAt } = share.grants[0] as Share['grants'][number];
  return (
    <li className={classes.item}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Group gap="xs" wrap="nowrap" fw={600} className={classes.grow}>
          <GranteeName of={share.to} />
        </Group>
        {mayRevoke && !asking && (
          <Button
            className={classes.target}
            variant="light"
            color="red"
            size="xs"
            aria-label={`Revoke what was shared with ${share.to.name}`}
            onClick={() => setAsking(true)}
          >
            Revoke
          </Button>
        )}
      </Group>
      <Text size="sm">
        {whatText(share)}, {untilText(share)}
      </Text>
      <Text size="xs" c="dimmed">
        Shared by {grantedBy}, {formatMoment(grantedAt)}
      </Text>
      {asking && <Revoke studyId={studyId} share={share} onDone={() => setAsking(false)} />}
    </li>
  );
}

type RevokeProps = { readonly studyId: string; readonly share: Share; readonly onDone: () => void };

function Revoke({ studyId, share, onDone }: RevokeProps) {
  const toast = useToast();
  const headingId = useId();
  const revoking = useRevokeGrants(studyId);
  const revoke = () =>
    revoking.mutate(
      share.grants.map(({ id }) => id),
      {
        onSuccess: () => {
          toast.say(`No longer shared with ${share.to.name}.`);
          onDone();
        },
      },
    );
  return (
    <div className={classes.confirm} role="alertdialog" aria-labelledby={headingId}>
      <Text fw={600} id={headingId}>
        Share it no longer with {share.to.name}?
      </Text>
      <Text size="sm" mt={4}>
        Who has the study open by this sees no further image, and those to whom they had shared it on neither.
      </Text>
      {revoking.error !== null && <ProblemNotice error={revoking.error} />}
      <Group mt="sm" gap="xs">
        <Button className={classes.target} color="red.9" size="xs" loading={revoking.isPending} onClick={revoke}>
          Share it no longer
        </Button>
        <Button className={classes.target} variant="default" size="xs" onClick={onDone} autoFocus>
          Keep it
        </Button>
      </Group>
    </div>
  );
}
