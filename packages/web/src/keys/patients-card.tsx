import { Skeleton, Text } from '@mantine/core';
import type { KeysAnswer } from '@symbolon/contract';
import { mayDo, useMe } from '../app/session.ts';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useKeySchedule } from './key-queries.ts';
import { ageText, factsOf } from './key-words.ts';
import classes from './keys.module.css';
import { RotateNow } from './rotate-now.tsx';
import { ScheduleForm } from './schedule-form.tsx';

/** How many patients there are and how old their keys, when they are replaced, and that now. */
export function PatientsCard({ keys }: { readonly keys: KeysAnswer }) {
  const me = useMe();
  const patients = factsOf(keys, 'patient');
  const { data: schedule, error, refetch } = useKeySchedule();
  return (
    <Card title="Patients’ keys">
      <Facts>
        <Fact label="Patients">{formatCount(patients?.count ?? 0)}</Fact>
        <Fact label="Oldest key">
          {patients === undefined ? 'none yet' : `${ageText(patients.oldest, Date.now())} old`}
        </Fact>
        <Fact label="Last rotation">{patients?.rotatedAt ? formatMoment(patients.rotatedAt) : 'never'}</Fact>
      </Facts>
      <Text size="sm" className={classes.text}>
        Under a patient’s key hang the keys of their studies. A rotation gives every patient a new key and destroys the
        old one: who had learned it reads nothing of what comes later. No image is sealed anew.
      </Text>
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {error === null && schedule === undefined && <Skeleton height={72} radius="sm" />}
      {schedule !== undefined && (
        // Another schedule than the one that was begun with, from another tab, begins anew.
        <ScheduleForm key={schedule.patientDays} schedule={schedule} may={mayDo(me, 'key.schedule')} />
      )}
      <RotateNow patients={patients?.count ?? 0} may={mayDo(me, 'key.rotate')} />
    </Card>
  );
}
