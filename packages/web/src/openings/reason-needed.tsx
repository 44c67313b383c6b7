import './styles.ts';
import { Button, Stack, Text } from '@mantine/core';
import { IconLockQuestion } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { mayDo, useMe } from '../app/session.ts';
import { Empty } from '../ui/empty.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useStateReason } from './opening-queries.ts';
import { hoursText, reasonFault } from './opening-words.ts';
import classes from './openings.module.css';
import { ReasonField } from './reason-field.tsx';

type ReasonNeededProps = {
  readonly studyId: string;
  /** It can be looked at from now on. */
  onOpened(): void;
};

/** In place of a study that one may look at for a stated reason only. */
export function ReasonNeeded(props: ReasonNeededProps) {
  const me = useMe();
  if (!mayDo(me, 'reason.state')) {
    return (
      <Empty icon={<IconLockQuestion />} title="You may find this study, and not open it">
        Ask an administrator of your account.
      </Empty>
    );
  }
  return <StateReason {...props} />;
}

function StateReason({ studyId, onOpened }: ReasonNeededProps) {
  const stating = useStateReason(studyId);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (reasonFault(reason) === null && !stating.isPending) stating.mutate(reason, { onSuccess: onOpened });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md" maw="36rem" mx="auto">
        <Text component="h2" fw={600} size="lg">
          Why do you open this study?
        </Text>
        <Text size="sm">
          Your role lets you open it for a stated reason. It stays open for you for {hoursText('reason')}.
        </Text>
        <ReasonField value={reason} tried={tried} onChange={setReason} />
        {stating.error !== null && <ProblemNotice error={stating.error} />}
        <Button type="submit" className={classes.target} loading={stating.isPending}>
          Open the study
        </Button>
      </Stack>
    </form>
  );
}
