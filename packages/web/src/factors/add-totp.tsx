import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { addFactor, beginTotp } from '@symbolon/client';
import type { FactorAnswer } from '@symbolon/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import administration from '../administration/administration.module.css';
import { exchange } from '../app/exchange.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { CodeField, isCode } from './code-field.tsx';
import classes from './factors.module.css';

const QrCode = lazy(async () => ({ default: (await import('./qr-code.tsx')).QrCode }));

type AddTotpProps = { readonly onAdded: (answer: FactorAnswer) => void; readonly onCancel?: (() => void) | undefined };

/** Sets an authenticator app up: the secret to scan or to type, and a code that shows that the app has it. */
export function AddTotp({ onAdded, onCancel }: AddTotpProps) {
  const [code, setCode] = useState('');
  // Begun once: another look would be another secret. What was told is forgotten with the form.
  const begun = useQuery({
    queryKey: ['totp enrolment'],
    queryFn: () => beginTotp(exchange),
    ...{ gcTime: 0, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, refetchOnReconnect: false },
    retry: false,
  });
  const confirming = useMutation({
    mutationFn: (enrolment: string) =>
      addFactor(exchange, { kind: 'totp', enrolment, label: 'Authenticator app', code }),
    gcTime: 0,
    onSuccess: onAdded,
    onError: () => setCode(''),
  });
  if (begun.error !== null) return <ProblemNotice error={begun.error} onRetry={() => void begun.refetch()} />;
  if (begun.data === undefined) return <Skeleton height={224} width={224} radius="sm" />;
  const { enrolment, secret, address } = begun.data;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isCode(code) && !confirming.isPending) confirming.mutate(enrolment);
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <Stack gap="md">
        <Text size="sm" className={administration.text}>
          Scan this with an authenticator app on your phone, or with a password manager that keeps such codes.
        </Text>
        <Suspense fallback={<Skeleton height={224} width={224} radius="sm" />}>
          <QrCode text={address} label="QR code for the authenticator app" />
        </Suspense>
        <div>
          <Text size="sm">Or type this key there:</Text>
          <Text className={classes.secret} data-secret>
            {secret.match(/.{1,4}/g)?.join(' ')}
          </Text>
        </div>
        <CodeField value={code} onChange={setCode} />
        {confirming.isError && <ProblemNotice error={confirming.error} />}
        <Group gap="xs">
          <Button
            type="submit"
            className={administration.target}
            loading={confirming.isPending}
            disabled={!isCode(code)}
          >
            Confirm
          </Button>
          {onCancel && (
            <Button className={administration.target} variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
