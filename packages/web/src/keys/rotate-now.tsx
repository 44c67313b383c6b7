import { Button, Group, Text } from '@mantine/core';
import type { KeyRotationAnswer } from '@symbolon/contract';
import { useId, useState } from 'react';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { useKeyRotation, useRotateNow } from './key-queries.ts';
import { durationText } from './key-words.ts';
import classes from './keys.module.css';
import { Question } from './question.tsx';

type RotateNowProps = { readonly patients: number; readonly may: boolean };

/** Begins a rotation, after asking once more, in place; while one runs, how far it is. */
export function RotateNow({ patients, may }: RotateNowProps) {
  const { data } = useKeyRotation();
  const [asking, setAsking] = useState(false);
  const running = data?.running ?? null;
  if (running !== null) return <Running running={running} />;
  if (asking) return <RotateQuestion patients={patients} onDone={() => setAsking(false)} />;
  if (!may || patients === 0) return null;
  return (
    <Group>
      <Button className={classes.target} variant="default" onClick={() => setAsking(true)}>
        Replace all patients’ keys now
      </Button>
    </Group>
  );
}

function RotateQuestion({ patients, onDone }: { readonly patients: number; readonly onDone: () => void }) {
  const { error, isPending, mutate } = useRotateNow();
  return (
    <Question
      asks={`Replace the keys of ${formatCount(patients, 'patient')} now?`}
      yes="Replace the keys"
      error={error}
      isPending={isPending}
      onYes={() => mutate(undefined, { onSuccess: onDone })}
      onBack={onDone}
    >
      Each gets a new key in all three chains. It takes {durationText(patients)}, longer on a slow disk; everybody goes
      on working, and everything opens as before. Older backups of the keys still open everything and hold the old keys:
      make a new one afterwards, and delete them. If the exchange is stopped meanwhile, the rest keep their keys.
    </Question>
  );
}

function Running({ running }: { readonly running: NonNullable<KeyRotationAnswer['running']> }) {
  const { begunAt, patients, of } = running;
  const id = useId();
  return (
    <div role="status">
      <Text size="sm" fw={600} id={id}>
        Keys are being replaced
      </Text>
      <progress
        className={classes.progress}
        aria-labelledby={id}
        {...(of === null ? {} : { value: patients, max: of })}
      />
      <Text size="sm" c="dimmed">
        {of === null
          ? 'Counting the patients …'
          : `${formatCount(patients)} of ${formatCount(of, 'patient')}, since ${formatMoment(begunAt)}`}
      </Text>
    </div>
  );
}
