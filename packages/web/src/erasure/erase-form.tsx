import { Alert, Button, Loader, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import type { ErasureTarget } from '@symbolon/client';
import { type Erasure, type ErasureGround, type ErasurePreview, erasureGrounds } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { formatCount } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './erasure.module.css';
import { useErase, usePreview } from './erasure-queries.ts';
import { amountsText, groundLabels, isConfirmed } from './erasure-words.ts';
import { HeldNotice } from './held-notice.tsx';

type EraseFormProps = {
  readonly target: ErasureTarget;
  /** What is to be typed before it is done; the number of images, where there are any, does as well. */
  readonly name: string;
  readonly onBegun: (erasure: Erasure) => void;
};

/** What goes, what stops it, why, and the word that is typed before it is done. */
export function EraseForm({ target, name, onBegun }: EraseFormProps) {
  const { data, error, refetch } = usePreview(target);
  if (error !== null) return <ProblemNotice error={error} onRetry={() => refetch()} />;
  if (data === undefined) return <Loader size="sm" role="status" aria-label="Counting what would go" />;
  if (data.holds.length > 0) {
    return (
      <Stack gap="sm">
        <WhatGoes preview={data} />
        {data.holds.map((hold) => (
          <HeldNotice key={hold.id} hold={hold} />
        ))}
      </Stack>
    );
  }
  return <Confirm target={target} name={name} preview={data} onBegun={onBegun} />;
}

function WhatGoes({ preview }: { readonly preview: ErasurePreview }) {
  const { left, links, holds } = preview;
  return (
    <section className={classes.goes} aria-label="What goes">
      <Text size="sm">{holds.length > 0 ? 'This would go:' : 'This goes for ever:'}</Text>
      <Text fw={600}>{amountsText(preview)}</Text>
      {left > 0 && <Text size="sm">{formatCount(left, 'image')} of the study stay.</Text>}
      {links > 0 && (
        <Text size="sm">
          {formatCount(links, 'link')} to it {links === 1 ? 'ends' : 'end'}.
        </Text>
      )}
    </section>
  );
}

type ConfirmProps = EraseFormProps & { readonly preview: ErasurePreview };

function Confirm({ target, name, preview, onBegun }: ConfirmProps) {
  const erasing = useErase(target);
  const [ground, setGround] = useState<ErasureGround>('other');
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const number = target.what === 'account' ? '' : String(preview.instances);
  const expected = [name, number].filter((text) => text !== '');
  const confirmed = isConfirmed(typed, expected);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (confirmed && !erasing.isPending)
      erasing.mutate({ ground, instances: preview.instances }, { onSuccess: onBegun });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <WhatGoes preview={preview} />
        <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title="This cannot be undone">
          Its keys are destroyed, so that nothing of it opens any more, not even in a copy of the stores. What somebody
          downloaded before is not reached by it.
        </Alert>
        <NativeSelect
          label="Why"
          description="Stands in the certificate."
          data={erasureGrounds.map((value) => ({ value, label: groundLabels[value] }))}
          value={ground}
          onChange={({ currentTarget }) => setGround(currentTarget.value as ErasureGround)}
        />
        <TextInput
          label={`To confirm, type ${expected.map((text) => `“${text}”`).join(' or ')}`}
          required
          autoComplete="off"
          spellCheck={false}
          value={typed}
          error={tried && !confirmed && 'That is not what is to be typed.'}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        {erasing.error !== null && <ProblemNotice error={erasing.error} />}
        <Button type="submit" color="red.9" className={classes.target} loading={erasing.isPending}>
          Erase for ever
        </Button>
      </Stack>
    </form>
  );
}
