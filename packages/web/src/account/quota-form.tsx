import { Button, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import type { UsageAnswer } from '@symbolon/contract';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { formatBytes, formatCount } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useAccountUsage, useSetQuota } from './account-queries.ts';
import { bytesIn, gigabytesText, imagesIn, imagesText } from './limit-text.ts';

type QuotaFormProps = { readonly accountId: string; readonly name: string; readonly onDone: () => void };

/** How much an account holds, and how much it may. */
export function QuotaForm(props: QuotaFormProps) {
  const { data, error, isPending, refetch } = useAccountUsage(props.accountId);
  return (
    <Stack gap="md">
      {isPending && <Skeleton height={160} radius="md" role="status" aria-label="Loading how much it holds" />}
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data !== undefined && <Limits {...props} usage={data} />}
    </Stack>
  );
}

function Limits({ accountId, name, usage, onDone }: QuotaFormProps & { readonly usage: UsageAnswer }) {
  const [images, setImages] = useState(imagesText(usage.maxInstances));
  const [gigabytes, setGigabytes] = useState(gigabytesText(usage.maxBytes));
  const [tried, setTried] = useState(false);
  const setting = useSetQuota(accountId);
  const toast = useToast();
  const [maxInstances, maxBytes] = [imagesIn(images), bytesIn(gigabytes)];
  const less =
    (typeof maxInstances === 'number' && maxInstances < usage.instances) ||
    (typeof maxBytes === 'number' && maxBytes < usage.bytes);
  const save = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (maxInstances === undefined || maxBytes === undefined || setting.isPending) return;
    setting.mutate(
      { maxInstances, maxBytes },
      {
        onSuccess: () => {
          toast.say(`How much ${name} may hold is saved.`);
          onDone();
        },
      },
    );
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="md">
        <Text size="sm">
          It holds {formatCount(usage.instances, 'image')}, {formatBytes(usage.bytes)}.
        </Text>
        <TextInput
          label="Images"
          description="Empty: as many as there is room for."
          size="md"
          inputMode="numeric"
          autoComplete="off"
          maxLength={20}
          value={images}
          error={tried && maxInstances === undefined && 'Give a whole number, or nothing.'}
          onChange={({ currentTarget }) => setImages(currentTarget.value)}
        />
        <TextInput
          label="Gigabytes"
          description="Counted as sent. Empty: as much as there is room for."
          size="md"
          inputMode="decimal"
          autoComplete="off"
          maxLength={20}
          value={gigabytes}
          error={tried && maxBytes === undefined && 'Give a number such as 500 or 2.5, or nothing.'}
          onChange={({ currentTarget }) => setGigabytes(currentTarget.value)}
        />
        {less && (
          <Text size="sm" role="status">
            It holds more than that: nothing of it is removed, and nothing more is taken.
          </Text>
        )}
        {setting.error !== null && <ProblemNotice error={setting.error} />}
        <Button type="submit" className={classes.target} loading={setting.isPending}>
          Save
        </Button>
      </Stack>
    </form>
  );
}
