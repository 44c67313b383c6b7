import { Button, Stack } from '@mantine/core';
import type { SessionAnswer } from '@symbolon/contract';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { becomeSession } from '../app/session.ts';
import { FactorProblem } from './factor-problem.tsx';
import { signInByPasskey } from './passkey.ts';

/** Signs in without a password. */
export function PasskeyButton() {
  const client = useQueryClient();
  const asking = useMutation<SessionAnswer>({
    mutationFn: signInByPasskey,
    gcTime: 0,
    onSuccess: (answer) => becomeSession(client, answer),
  });
  return (
    <Stack gap="sm" mt="md">
      <Button
        variant="default"
        size="md"
        fullWidth
        leftSection={<IconFingerprint size={18} aria-hidden />}
        loading={asking.isPending}
        onClick={() => asking.mutate()}
      >
        Sign in with a passkey
      </Button>
      <FactorProblem error={asking.error} />
    </Stack>
  );
}
