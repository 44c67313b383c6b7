import './styles.ts';
import { Divider, Loader, Stack, Text } from '@mantine/core';
import type { StudyAnswer } from '@symbolon/contract';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { GiveForm } from './give-form.tsx';
import { useGrants } from './grant-queries.ts';
import { sharesOf } from './grant-words.ts';
import classes from './grants.module.css';
import { ShareItem } from './share-item.tsx';

type GrantsDialogProps = { readonly study: StudyAnswer; readonly opened: boolean; readonly onClose: () => void };

/** Grants a study to people and groups of the account, and shows to whom it is granted. */
export function GrantsDialog({ study, opened, onClose }: GrantsDialogProps) {
  const me = useMe();
  return (
    <Dialog title="Share with colleagues" opened={opened} onClose={onClose}>
      <Stack gap="lg">
        {mayDo(me, 'grant.create') && <GiveForm study={study} />}
        {opened && mayDo(me, 'grant.list') && <SharedWith studyId={study.id} />}
      </Stack>
    </Dialog>
  );
}

function SharedWith({ studyId }: { readonly studyId: string }) {
  const me = useMe();
  const { data, error, isPending, refetch } = useGrants(studyId);
  return (
    <section aria-label="Shared with">
      <Divider mb="md" label="Shared with" labelPosition="left" />
      {isPending && <Loader size="sm" role="status" aria-label="Loading to whom it is granted" />}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody yet.
        </Text>
      )}
      <ul className={classes.list} aria-label="People and groups it is shared with">
        {sharesOf(data ?? []).map((share) => (
          <ShareItem key={share.to.id} studyId={studyId} share={share} mayRevoke={mayDo(me, 'grant.revoke')} />
        ))}
      </ul>
    </section>
  );
}
