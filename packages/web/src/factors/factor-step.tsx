import './styles.ts';
import { Button, Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { proveFactor } from '@symbolon/client';
import type { SessionAnswer } from '@symbolon/contract';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import administration from '../administration/administration.module.css';
import { exchange } from '../app/exchange.ts';
import { becomeSession, useSession } from '../app/session.ts';
import { useWaitingTime } from '../people/waiting-time.ts';
import { formatCount, formatDuration } from '../ui/amounts.ts';
import { CodeField, isCode } from './code-field.tsx';
import { FactorProblem } from './factor-problem.tsx';
import classes from './factors.module.css';
import { proveByPasskey } from './passkey.ts';

type Way = 'totp' | 'passkey' | 'recovery code';

const wayWords: Readonly<Record<Way, string>> = {
  totp: 'Use the code of an app',
  passkey: 'Use a passkey',
  'recovery code': 'Use a recovery code',
};

type Ways = NonNullable<SessionAnswer['secondFactor']>;
type Shown = (answer: SessionAnswer) => void;

/** The second factor after the password: whichever they have. */
export function FactorStep() {
  const client = useQueryClient();
  const { data } = useSession();
  return <ShowFactor ways={data?.secondFactor} onShown={(answer) => becomeSession(client, answer)} />;
}

/** Asks for one of the factors that there are. `trustDays` 0: it is not offered to trust the browser. */
export function ShowFactor({ ways, onShown }: { readonly ways: Ways | undefined; readonly onShown: Shown }) {
  const all: readonly Way[] = ways
    ? [
        ...(ways.passkey ? (['passkey'] as const) : []),
        ...(ways.totp ? (['totp'] as const) : []),
        ...(ways.recoveryCodes ? (['recovery code'] as const) : []),
      ]
    : [];
  const [chosen, setChosen] = useState<Way>();
  // The code is a field to type into, and so the first thing to show where there is an app.
  const way = chosen ?? (ways?.totp ? 'totp' : all[0]);
  if (ways === undefined || way === undefined)
    return <Text>You have no second factor left. Ask an administrator of your account.</Text>;
  return (
    <Stack gap="md">
      <ProveBy key={way} way={way} trustDays={ways.trustDays} onShown={onShown} />
      <Stack gap={4} className={classes.ways} align="flex-start">
        {all
          .filter((one) => one !== way)
          .map((one) => (
            <Button key={one} variant="subtle" className={administration.target} onClick={() => setChosen(one)}>
              {wayWords[one]}
            </Button>
          ))}
        <Text size="sm" className={administration.text}>
          You have lost all of them? An administrator of your account can take them away, so that you set up others.
        </Text>
      </Stack>
    </Stack>
  );
}

type ProveByProps = { readonly way: Way; readonly trustDays: number; readonly onShown: Shown };

function ProveBy({ way, trustDays, onShown }: ProveByProps) {
  const [text, setText] = useState('');
  const [trust, setTrust] = useState(false);
  const proving = useMutation<SessionAnswer>({
    mutationFn: () =>
      way === 'passkey'
        ? proveByPasskey(trust)
        : proveFactor(exchange, { proof: { kind: way, code: text }, trust: trust && way === 'totp' }),
    gcTime: 0,
    onSuccess: onShown,
    onError: () => setText(''),
  });
  const waitMs = useWaitingTime(proving.error);
  const ready = way === 'passkey' || (way === 'totp' ? isCode(text) : text.trim() !== '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !proving.isPending && waitMs === 0) proving.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <FactorProblem error={proving.error} />
        {way === 'totp' && <CodeField value={text} onChange={setText} autoFocus />}
        {way === 'recovery code' && (
          <TextInput
            label="Recovery code"
            description="One of those that you kept. It works once."
            name="recovery-code"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            autoFocus
            maxLength={50}
            size="md"
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
        )}
        {way !== 'recovery code' && trustDays > 0 && (
          <Checkbox
            size="md"
            label={`Do not ask in this browser for ${formatCount(trustDays, 'day')}`}
            description="Not on a computer that others use, too."
            checked={trust}
            onChange={({ currentTarget }) => setTrust(currentTarget.checked)}
          />
        )}
        <Button
          type="submit"
          size="md"
          fullWidth
          loading={proving.isPending}
          disabled={!ready || waitMs > 0}
          {...(way === 'passkey' ? { leftSection: <IconFingerprint size={18} aria-hidden /> } : {})}
        >
          {waitMs > 0 ? `Wait ${formatDuration(waitMs)}` : way === 'passkey' ? 'Use a passkey' : 'Go on'}
        </Button>
      </Stack>
    </form>
  );
}
