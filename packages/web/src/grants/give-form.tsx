import { Button, Checkbox, NativeSelect, Radio, Stack, Text, TextInput } from '@mantine/core';
import type { Grantee, StudyAnswer } from '@symbolon/contract';
import { type FormEvent, useState } from 'react';
import { expiryOf, firstDay, lastDay } from '../sharing/link-expiry.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { seriesName } from '../viewer/series-words.ts';
import { useCreateGrant } from './grant-queries.ts';
import { type Lasting, lastingChoices, lastingLabels } from './grant-words.ts';
import { GranteePicker } from './grantee-picker.tsx';
import classes from './grants.module.css';

/** To whom, how much of it, and until when. */
export function GiveForm({ study }: { readonly study: StudyAnswer }) {
  const toast = useToast();
  const giving = useCreateGrant(study.id);
  const [to, setTo] = useState<Grantee | null>(null);
  const [some, setSome] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [lasting, setLasting] = useState<Lasting>('always');
  const [day, setDay] = useState('');
  const [tried, setTried] = useState(false);
  const ends = lasting === 'always' ? null : expiryOf(lasting, day, new Date());
  const faults = {
    to: to === null ? 'Choose a person or a group.' : null,
    series: some && chosen.length === 0 ? 'Choose at least one series.' : null,
    day: lasting === 'date' && ends === null ? 'Choose a day from today to a year from now.' : null,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (to === null || faults.series !== null || faults.day !== null || giving.isPending) return;
    const person = to.kind === 'person' || to.kind === 'service';
    giving.mutate(
      {
        to: person ? { userId: to.id } : { groupId: to.id },
        seriesIds: some ? [...chosen] : null,
        expiresAt: ends?.toISOString() ?? null,
      },
      {
        onSuccess: () => {
          toast.say(`Shared with ${to.name}.`);
          setTo(null);
          setTried(false);
        },
      },
    );
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <GranteePicker chosen={to} fault={tried ? faults.to : null} onChoose={setTo} />
        <Radio.Group
          label="How much of it"
          value={some ? 'some' : 'all'}
          error={tried && faults.series}
          onChange={(value) => setSome(value === 'some')}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              classNames={{ body: classes.choice ?? '' }}
              value="all"
              label="The whole study, also what comes into it later"
            />
            <Radio classNames={{ body: classes.choice ?? '' }} value="some" label="Some series of it" />
          </Stack>
        </Radio.Group>
        {some && (
          <Checkbox.Group aria-label="Series" value={[...chosen]} onChange={setChosen}>
            <div className={classes.series}>
              {study.series.map((one, at) => (
                <Checkbox
                  key={one.id}
                  classNames={{ body: classes.choice ?? '' }}
                  value={one.id}
                  label={seriesName(one, at)}
                />
              ))}
            </div>
          </Checkbox.Group>
        )}
        <NativeSelect
          label="Open for"
          data={lastingChoices.map((value) => ({ value, label: lastingLabels[value] }))}
          value={lasting}
          onChange={({ currentTarget }) => setLasting(currentTarget.value as Lasting)}
        />
        {lasting === 'date' && (
          <TextInput
            type="date"
            label="Last day"
            min={firstDay(new Date())}
            max={lastDay(new Date())}
            value={day}
            error={tried && faults.day}
            onChange={({ currentTarget }) => setDay(currentTarget.value)}
          />
        )}
        <Text size="xs" c="dimmed">
          What they may do with it, such as downloading it, is what their own role says of studies granted to them.
        </Text>
        {giving.error !== null && <ProblemNotice error={giving.error} />}
        <Button type="submit" className={classes.target} loading={giving.isPending}>
          Share
        </Button>
      </Stack>
    </form>
  );
}
