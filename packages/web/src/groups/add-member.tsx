import { Button, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { GroupAnswer } from '@symbolon/contract';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useCandidates, useEnrol } from './group-queries.ts';

/** Looks for somebody by a part of their name, and puts them in. */
export function AddMember({ group }: { readonly group: GroupAnswer }) {
  const me = useMe();
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 250);
  const { data, error } = useCandidates(settled);
  const enrolling = useEnrol(group);
  const toast = useToast();
  const inIt = new Set(group.people.map(({ userId }) => userId));
  const found = settled === '' || settled !== search.trim() ? undefined : data?.users.filter(({ id }) => !inIt.has(id));
  if (!mayDo(me, 'user.list')) return null;
  const put = (userId: string, name: string) =>
    enrolling.mutate(
      { userId, roleId: null },
      {
        onSuccess: () => {
          setSearch('');
          toast.say(`${name} is in it.`);
        },
      },
    );
  return (
    <div>
      <TextInput
        label="Put somebody in"
        placeholder="A part of a name or e-mail address"
        leftSection={<IconSearch size={16} aria-hidden />}
        size="md"
        autoComplete="off"
        spellCheck={false}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      {error !== null && <ProblemNotice error={error} />}
      {enrolling.error !== null && <ProblemNotice error={enrolling.error} />}
      {found !== undefined && (
        <Text size="sm" c="dimmed" role="status" my={6}>
          {found.length === 0 ? 'Nobody else is called like that.' : ''}
        </Text>
      )}
      {found !== undefined && (
        <ul className={classes.rows} aria-label="Who can be put in">
          {found.map(({ id, name, email }) => (
            <li key={id}>
              <div>
                {name}
                {email !== null && <span className={classes.beside}> {email}</span>}
              </div>
              <Button
                variant="default"
                size="xs"
                className={classes.target}
                aria-label={`Put in ${name}`}
                loading={enrolling.isPending}
                onClick={() => put(id, name)}
              >
                Put in
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
