import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { FactorAnswer } from '@symbolon/contract';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import administration from '../administration/administration.module.css';
import { FactorProblem } from './factor-problem.tsx';
import classes from './factors.module.css';
import { addPasskey } from './passkey.ts';

type AddPasskeyProps = {
  readonly onAdded: (answer: FactorAnswer) => void;
  readonly onCancel?: (() => void) | undefined;
};

export function AddPasskey({ onAdded, onCancel }: AddPasskeyProps) {
  const [label, setLabel] = useState('');
  const adding = useMutation({ mutationFn: () => addPasskey(label.trim()), gcTime: 0, onSuccess: onAdded });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!adding.isPending) adding.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <Stack gap="md">
        <Text size="sm" className={administration.text}>
          Your device, your password manager or a security key keeps it, and asks for your finger, your face or a PIN
          before it shows it. With it you sign in without a password, too.
        </Text>
        <TextInput
          label="What you call it"
          description="So that you know it again, such as the name of the device."
          name="label"
          autoComplete="off"
          required
          withAsterisk={false}
          maxLength={60}
          size="md"
          value={label}
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
        />
        <FactorProblem error={adding.error} />
        <Group gap="xs">
          <Button type="submit" className={administration.target} loading={adding.isPending}>
            Make a passkey
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
