import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import type { RoleAnswer } from '@symbolon/contract';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useChangeRole } from './role-queries.ts';

/** What a role is called, and what it is for. */
export function RoleNames({ role, onDone }: { readonly role: RoleAnswer; readonly onDone: () => void }) {
  const [name, setName] = useState(role.name);
  const [says, setSays] = useState(role.says);
  const changing = useChangeRole(role.id);
  const toast = useToast();
  const missing = name.trim() === '';
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (missing || changing.isPending) return;
    changing.mutate(
      { name, says: says.replace(/\s+/g, ' ') },
      {
        onSuccess: () => {
          toast.say('The role is renamed.');
          onDone();
        },
      },
    );
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="sm">
        <TextInput
          label="Name"
          size="md"
          maxLength={100}
          autoComplete="off"
          autoFocus
          value={name}
          error={missing && 'Give it a name.'}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Textarea
          label="What it is for"
          autosize
          minRows={2}
          maxLength={500}
          value={says}
          onChange={({ currentTarget }) => setSays(currentTarget.value)}
        />
        {changing.error !== null && <ProblemNotice error={changing.error} />}
        <Group gap="xs">
          <Button type="submit" className={classes.target} loading={changing.isPending}>
            Save
          </Button>
          <Button variant="default" className={classes.target} onClick={onDone}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
