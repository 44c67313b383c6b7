import './styles.ts';
import { Button, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { pages, pathOf, type UserKind, type UserRow, type UserState, userStates } from '@symbolon/contract';
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { LongList } from '../administration/long-list.tsx';
import { StateMark } from '../administration/state-mark.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { Empty } from '../ui/empty.tsx';
import { AddUser } from './add-user.tsx';
import { useUsers } from './user-queries.ts';
import { kindWords, lastUseText, stateTones, stateWords } from './user-words.ts';

/** Everybody in the account: people and programs. */
export function PeoplePage() {
  const me = useMe();
  const [adding, setAdding] = useState(false);
  const may = mayDo(me, 'user.create') || mayDo(me, 'service.create');
  return (
    <AdministratorsPage
      title="People"
      needs="user.list"
      forWhom="The list of people is for administrators"
      width="normal"
      actions={
        may && (
          <Button
            className={classes.target}
            leftSection={<IconUserPlus size={18} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            Add somebody
          </Button>
        )
      }
    >
      <People />
      <Dialog title="Add somebody" opened={adding} onClose={() => setAdding(false)}>
        {adding && <AddUser onDone={() => setAdding(false)} />}
      </Dialog>
    </AdministratorsPage>
  );
}

function People() {
  // In memory only: what is searched for may be a name, and stands in no address.
  const [search, setSearch] = useState('');
  const [state, setState] = useState<UserState | ''>('');
  const [kind, setKind] = useState<UserKind | ''>('');
  const [settled] = useDebouncedValue(search.trim(), 250);
  const found = useUsers({ search: settled, state, kind });
  const filtered = settled !== '' || state !== '' || kind !== '';
  return (
    <>
      <search aria-label="People" className={classes.filters}>
        <TextInput
          label="Name or e-mail address"
          placeholder="A part is enough"
          leftSection={<IconSearch size={16} aria-hidden />}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          size="md"
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <NativeSelect
          label="State"
          size="md"
          value={state}
          data={[
            { value: '', label: 'All but removed' },
            ...userStates.map((one) => ({ value: one, label: stateWords[one] })),
          ]}
          onChange={({ currentTarget }) => setState(currentTarget.value as UserState | '')}
        />
        <NativeSelect
          label="Kind"
          size="md"
          value={kind}
          data={[
            { value: '', label: 'People and programs' },
            { value: 'person', label: 'People' },
            { value: 'service', label: 'Programs' },
          ]}
          onChange={({ currentTarget }) => setKind(currentTarget.value as UserKind | '')}
        />
      </search>
      <Stack gap="md">
        <LongList
          found={found}
          itemsOf={({ users }) => users}
          waiting="Loading the people"
          waitingRows={3}
          empty={
            <Empty icon={<IconUsers size={28} />} title={filtered ? 'Nobody is like that' : 'Nobody is here yet'}>
              {filtered ? 'Look for less, or for another state.' : 'Add the first person.'}
            </Empty>
          }
        >
          {(everybody) => (
            <ul className={classes.rows} aria-label="People">
              {everybody.map((user) => (
                <PersonRow key={user.id} user={user} />
              ))}
            </ul>
          )}
        </LongList>
      </Stack>
    </>
  );
}

function PersonRow({ user }: { readonly user: UserRow }) {
  return (
    <li>
      <div>
        <Link to={pathOf(pages.person, { userId: user.id })} className={classes.name}>
          {user.name}
        </Link>
        <Text size="sm" c="dimmed">
          {user.email ?? kindWords[user.kind]}
        </Text>
      </div>
      <span className={classes.column}>
        {user.role.name}
        {user.isOwner && <span className={classes.beside}>, owner</span>}
        {user.secondFactor && <span className={classes.beside}>, second factor</span>}
      </span>
      <span className={classes.columnWide}>{lastUseText(user)}</span>
      <span className={classes.columnState}>
        <StateMark tone={stateTones[user.state]}>{stateWords[user.state]}</StateMark>
      </span>
    </li>
  );
}
