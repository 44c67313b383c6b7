import { Button, TextInput } from '@mantine/core';
import type { BackupPolicy } from '@symbolon/contract';
import { type FormEvent, useState } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useSetPolicy } from './backup-queries.ts';
import { amountIn, policyFields } from './backup-words.ts';
import classes from './backups.module.css';

type Texts = Record<keyof BackupPolicy, string>;

/** How often backups are made, and how long they are kept. */
export function PolicyForm({ policy, may }: { readonly policy: BackupPolicy; readonly may: boolean }) {
  const [texts, setTexts] = useState(
    () => Object.fromEntries(policyFields.map(({ name }) => [name, String(policy[name] ?? '')])) as Texts,
  );
  const [tried, setTried] = useState(false);
  const setting = useSetPolicy();
  const toast = useToast();
  const amounts = policyFields.map((field) => ({ field, amount: amountIn(texts[field.name], field) }));
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (amounts.some(({ amount }) => typeof amount === 'object' && amount !== null)) return;
    const wanted = Object.fromEntries(amounts.map(({ field, amount }) => [field.name, amount])) as BackupPolicy;
    setting.mutate(wanted, { onSuccess: () => toast.say('The schedule of backups is saved.') });
  };
  return (
    <form onSubmit={save} noValidate>
      <div className={classes.fields}>
        {amounts.map(({ field, amount }) => (
          <TextInput
            key={field.name}
            label={field.label}
            inputMode="numeric"
            autoComplete="off"
            size="md"
            value={texts[field.name]}
            disabled={!may}
            error={tried && typeof amount === 'object' && amount !== null ? amount.fault : undefined}
            onChange={({ currentTarget }) => setTexts({ ...texts, [field.name]: currentTarget.value })}
          />
        ))}
        {may && (
          <Button type="submit" variant="default" className={classes.target} loading={setting.isPending}>
            Save the schedule
          </Button>
        )}
      </div>
      {setting.error !== null && <ProblemNotice error={setting.error} />}
    </form>
  );
}
