import './styles.ts';
import { Button, Text } from '@mantine/core';
import { IconHourglass } from '@tabler/icons-react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useDecideApproval } from './grant-queries.ts';
import classes from './grants.module.css';

type ApprovalNoticeProps = { readonly studyId: string; readonly mayApprove: boolean };

/** Says that a study awaits approval, and lets approve it who may. */
export function ApprovalNotice({ studyId, mayApprove }: ApprovalNoticeProps) {
  const toast = useToast();
  const deciding = useDecideApproval(studyId);
  return (
    <div className={classes.awaits} role="note">
      <IconHourglass size={18} aria-hidden />
      <div className={classes.grow}>
        <Text fw={600} size="sm">
          This study awaits approval
        </Text>
        <Text size="sm">Only those see it until then whose role includes what is not approved.</Text>
        {deciding.error !== null && <ProblemNotice error={deciding.error} />}
      </div>
      {mayApprove && (
        <Button
          className={classes.target}
          variant="default"
          loading={deciding.isPending}
          onClick={() => deciding.mutate(true, { onSuccess: () => toast.say('The study is approved.') })}
        >
          Approve
        </Button>
      )}
    </div>
  );
}
