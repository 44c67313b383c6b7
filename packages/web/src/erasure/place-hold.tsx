import { Button, Radio, Stack, Text, Textarea } from '@mantine/core';
import type { Hold } from '@symbolon/contract';
import { type FormEvent, useState } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './erasure.module.css';
import { usePlaceHold } from './erasure-queries.ts';

type PlaceHoldProps = {
  /** Where it is asked from: a study's page offers the study and its patient, another the account alone. */
  readonly studyId?: string;
  readonly onDone: () => void;
};

const longestReason = 500;

/** What is held, and why. */
export function PlaceHold({ studyId, onDone }: PlaceHoldProps) {
  const toast = useToast();
  const placing = usePlaceHold();
  const [of, setOf] = useState<Hold['of']>(studyId === undefined ? 'account' : 'study');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const missing = reason.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing || placing.isPending) return;
    placing.mutate(
      { of, reason, ...(studyId === undefined ? {} : { studyId }) },
      {
        onSuccess: () => {
          toast.say('The hold is placed.');
          onDone();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text size="sm">
          Nothing of what is held can be erased, by anybody, until somebody releases the hold. It changes nothing else.
        </Text>
        {studyId !== undefined && (
          <Radio.Group label="What is held" value={of} onChange={(value) => setOf(value as Hold['of'])}>
            <Stack gap="xs" mt="xs">
              <Radio classNames={{ body: classes.choice ?? '' }} value="study" label="This study" />
              <Radio
                classNames={{ body: classes.choice ?? '' }}
                value="patient"
                label="All studies of this patient, also those that come later"
              />
            </Stack>
          </Radio.Group>
        )}
        <Textarea
          label="Why"
          description="Is shown to whoever may see holds."
          required
          autosize
          minRows={2}
          maxRows={6}
          maxLength={longestReason}
          value={reason}
          error={tried && missing && 'Say why, so that others know when it can be released.'}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        {placing.error !== null && <ProblemNotice error={placing.error} />}
        <Button type="submit" className={classes.target} loading={placing.isPending}>
          Place the hold
        </Button>
      </Stack>
    </form>
  );
}
