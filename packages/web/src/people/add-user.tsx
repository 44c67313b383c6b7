import { Button, NativeSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import type { UserKind, UserRow } from '@symbolon/contract';
import { pages, pathOf } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { useRoles } from '../roles/role-queries.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { InvitationResult } from './invitation-result.tsx';
import { useAddPerson, useAddProgram } from './user-queries.ts';
import { kindWords } from './user-words.ts';

/** Adds a person, who is invited; or a program, which signs in with tokens. */
export function AddUser({ onDone }: { readonly onDone: () => void }) {
  const me = useMe();
  const kinds: UserKind[] = [];
  if (mayDo(me, 'user.create')) kinds.push('person');
  if (mayDo(me, 'service.create')) kinds.push('service');
  const [kind, setKind] = useState<UserKind>(kinds[0] ?? 'person');
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [roleId, setRoleId] = useState('');
  const [tried, setTried] = useState(false);
  const addPerson = useAddPerson();
  const addProgram = useAddProgram();
  const adding = kind === 'person' ? addPerson : addProgram;
  const missing = kind === 'person' ? !/^\S+@\S+$/.test(email.trim()) : name.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing || adding.isPending) return;
    if (kind === 'person') addPerson.mutate({ email, name, roleId });
    else addProgram.mutate({ name, roleId });
  };
  if (addPerson.data !== undefined)
    return <InvitationResult invited={addPerson.data} onDone={onDone} onCopied={() => {}} />;
  if (addProgram.data !== undefined) return <ProgramAdded program={addProgram.data} />;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {kinds.length > 1 && (
          <SegmentedControl
            aria-label="Who is added"
            className={classes.choose ?? ''}
            data={kinds.map((one) => ({ value: one, label: kindWords[one] }))}
            value={kind}
            onChange={(value) => setKind(value as UserKind)}
          />
        )}
        {kind === 'person' ? (
          <TextInput
            label="E-mail address"
            description="They sign in with it. The invitation goes there; where the exchange sends no mails, you give it to them."
            type="email"
            autoComplete="off"
            size="md"
            required
            withAsterisk={false}
            maxLength={254}
            value={email}
            error={tried && missing && 'Give the whole address, with an @.'}
            onChange={({ currentTarget }) => setEmail(currentTarget.value)}
          />
        ) : (
          <Text size="sm">
            A program has neither e-mail address nor password. Make it a token afterwards, on its page.
          </Text>
        )}
        <TextInput
          label={kind === 'person' ? 'Name (if you know it)' : 'Name'}
          {...(kind === 'person' ? { description: 'They can change it when they take the invitation up.' } : {})}
          autoComplete="off"
          size="md"
          maxLength={200}
          value={name}
          error={kind === 'service' && tried && missing && 'Give it a name.'}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <RoleSelect value={roleId} onChange={setRoleId} />
        {adding.error !== null && <ProblemNotice error={adding.error} />}
        <Button type="submit" className={classes.target} loading={adding.isPending}>
          {kind === 'person' ? 'Add and make the invitation' : 'Add the program'}
        </Button>
      </Stack>
    </form>
  );
}

function RoleSelect({ value, onChange }: { readonly value: string; readonly onChange: (roleId: string) => void }) {
  const me = useMe();
  const { data, error } = useRoles();
  // Who may see no roles adds guests, and somebody who may gives them a role.
  if (!mayDo(me, 'role.list') || !mayDo(me, 'role.assign')) return null;
  if (error !== null) return <ProblemNotice error={error} />;
  const chosen = data?.roles.find(({ id }) => id === value);
  return (
    <NativeSelect
      label="Role"
      description={chosen?.says || 'Without another one they are a guest, who sees only what is granted to them.'}
      size="md"
      value={value}
      data={[
        { value: '', label: 'Guest' },
        ...(data?.roles ?? [])
          .filter(({ builtin }) => builtin !== 'guest')
          .map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function ProgramAdded({ program }: { readonly program: UserRow }) {
  return (
    <Stack gap="md">
      <Text role="status">{program.name} is added. It needs a token to do anything.</Text>
      <Button
        className={classes.target}
        renderRoot={(props) => <Link {...props} to={pathOf(pages.person, { userId: program.id })} />}
      >
        Go to its page
      </Button>
    </Stack>
  );
}
