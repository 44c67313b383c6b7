import { Button, Group, Text } from '@mantine/core';
import type { BackupsAnswer } from '@symbolon/contract';
import { mayDo, useMe } from '../app/session.ts';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useRelease } from './backup-queries.ts';
import classes from './backups.module.css';

/** What a restore brought back and may have been ended after the backup was made. */
export function HeldCard({ held }: { readonly held: NonNullable<BackupsAnswer['held']> }) {
  const me = useMe();
  const release = useRelease();
  return (
    <Card title="Restored, and held">
      <Text size="sm" className={classes.text}>
        This exchange was restored {formatMoment(held.restoredAt)} from a backup of {formatMoment(held.madeAt)}.{' '}
        {formatCount(held.tokens, 'API token')}, {formatCount(held.links, 'link')} and{' '}
        {formatCount(held.grants, 'grant')} came back with it, and may have been ended since: they open nothing until
        you decide. Until then everybody is suspended but the owners of accounts: {held.people}. Ended, people stay
        suspended, and are let in one by one. People sign in with the passwords of that time.
      </Text>
      {release.error !== null && <ProblemNotice error={release.error} />}
      {mayDo(me, 'backup.release') && (
        <Group>
          <Button
            variant="default"
            className={classes.target}
            loading={release.isPending}
            onClick={() => release.mutate('end')}
          >
            End them all
          </Button>
          <Button
            variant="default"
            className={classes.target}
            loading={release.isPending}
            onClick={() => release.mutate('release')}
          >
            Let them open again
          </Button>
        </Group>
      )}
    </Card>
  );
}
