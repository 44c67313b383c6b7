import { Button, Group, Stack, Switch, TextInput } from '@mantine/core';
import type { KeyScheduleAnswer } from '@symbolon/contract';
import { type FormEvent, useState } from 'react';
import { formatCount } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useSetSchedule } from './key-queries.ts';
import { daysIn } from './key-words.ts';
import classes from './keys.module.css';

/** What is offered where the schedule was off. */
const usualDays = 365;

type ScheduleFormProps = { readonly schedule: KeyScheduleAnswer; readonly may: boolean };

/** After how many days the exchange replaces patients' keys by itself, or that it does not. */
export function ScheduleForm({ schedule, may }: ScheduleFormProps) {
  const [on, setOn] = useState(schedule.patientDays !== null);
  const [text, setText] = useState(String(schedule.patientDays ?? usualDays));
  const [tried, setTried] = useState(false);
  const setting = useSetSchedule();
  const toast = useToast();
  const days = on ? daysIn(text) : null;
  const fault = typeof days === 'object' && days !== null ? days.fault : undefined;
  const changed = fault !== undefined || days !== schedule.patientDays;
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (typeof days === 'object' && days !== null) return;
    setting.mutate({ patientDays: days }, { onSuccess: () => toast.say(saidOf(days)) });
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        <Switch
          className={classes.switch ?? ''}
          label="Replace patients’ keys by schedule"
          description="The exchange looks every hour. What is due when you save is begun at once."
          checked={on}
          disabled={!may}
          onChange={({ currentTarget }) => setOn(currentTarget.checked)}
        />
        {on && (
          <TextInput
            className={classes.days ?? ''}
            label="After how many days"
            inputMode="numeric"
            autoComplete="off"
            size="md"
            value={text}
            disabled={!may}
            error={tried ? fault : undefined}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
        )}
        {may && (
          <Group>
            <Button
              type="submit"
              className={classes.target}
              variant={changed ? 'filled' : 'default'}
              loading={setting.isPending}
            >
              Save the schedule
            </Button>
          </Group>
        )}
        {setting.error !== null && <ProblemNotice error={setting.error} />}
      </Stack>
    </form>
  );
}

function saidOf(days: number | null): string {
  return days === null
    ? 'Patients’ keys are replaced on demand only.'
    : `Patients’ keys are replaced after ${formatCount(days, 'day')}.`;
}
