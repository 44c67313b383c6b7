import './styles.ts';
import { Button, Stack, Text } from '@mantine/core';
import type { FactorAnswer } from '@symbolon/contract';
import { IconDeviceMobile, IconFingerprint } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import administration from '../administration/administration.module.css';
import { becomeSession } from '../app/session.ts';
import type { StepFormProps } from '../sign-in/step-form.ts';
import { AddPasskey } from './add-passkey.tsx';
import { AddTotp } from './add-totp.tsx';
import { passkeysAreHere } from './passkey-words.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

/** The first second factor, where one is wanted before anything opens; the page stays until the recovery codes were kept. */
export function EnrolStep({ hold }: StepFormProps) {
  const client = useQueryClient();
  const [way, setWay] = useState<'totp' | 'passkey'>();
  const [added, setAdded] = useState<FactorAnswer>();
  const onAdded = (answer: FactorAnswer): void => {
    if (answer.recoveryCodes === null) becomeSession(client, answer.session);
    else {
      hold(true);
      setAdded(answer);
    }
  };
  if (added?.recoveryCodes)
    return (
      <RecoveryCodes
        codes={added.recoveryCodes}
        onDone={() => {
          becomeSession(client, added.session);
          hold(false);
        }}
      />
    );
  const cancel = () => setWay(undefined);
  if (way === 'totp') return <AddTotp onAdded={onAdded} onCancel={cancel} />;
  if (way === 'passkey') return <AddPasskey onAdded={onAdded} onCancel={cancel} />;
  return (
    <Stack gap="sm">
      {passkeysAreHere() && (
        <Button
          size="md"
          fullWidth
          leftSection={<IconFingerprint size={18} aria-hidden />}
          onClick={() => setWay('passkey')}
        >
          Make a passkey
        </Button>
      )}
      <Button
        size="md"
        fullWidth
        variant={passkeysAreHere() ? 'default' : 'filled'}
        leftSection={<IconDeviceMobile size={18} aria-hidden />}
        onClick={() => setWay('totp')}
      >
        Set up an authenticator app
      </Button>
      <Text size="sm" className={administration.text}>
        A passkey is in your device or your password manager; an authenticator app shows a new code every half minute.
        You can add others later, on My security.
      </Text>
    </Stack>
  );
}
