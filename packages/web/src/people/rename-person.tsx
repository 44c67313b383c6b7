import { Button, Group, TextInput } from '@mantine/core';
import type { UserRow } from '@symbolon/contract';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useRename } from './user-queries.ts';

/** What somebody is called in this account. */
export function RenamePerson({ user }: { readonly user: UserRow }) {
  const [name, setName] = useState<string>();
  const renaming = useRename(user.id);
  const toast = useToast();
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (name === undefined || name.trim() === '' || renaming.isPending) return;
    renaming.mutate(name, {
      onSuccess: () => {
        toast.say('The name is changed.');
        setName(undefined);
      },
    });
  };
  if (name === undefined)
    return (
      <div>
        <Button variant="default" className={classes.target} onClick={() => setName(user.name)}>
          Change the name
        </Button>
      </div>
    );
  return (
    <form onSubmit={save}>
      <Group align="flex-end" gap="xs">
        <TextInput
          className={classes.grow ?? ''}
          label="Name"
          size="md"
          maxLength={200}
          autoComplete="off"
          autoFocus
          value={name}
          error={name.trim() === '' && 'Give a name.'}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button type="submit" h={42} loading={renaming.isPending}>
          Save
        </Button>
        <Button variant="default" h={42} onClick={() => setName(undefined)}>
          Cancel
        </Button>
      </Group>
      {renaming.error !== null && <ProblemNotice error={renaming.error} />}
    </form>
  );
}
