import { Button, Checkbox, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { explanation } from '@symbolon/client';
import type { Permission, UserRow } from '@symbolon/contract';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { addressesIn, addressFaultIn } from '../account/address-text.ts';
import classes from '../administration/administration.module.css';
import { exchange } from '../app/exchange.ts';
import { CopyField } from '../sharing/copy-field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ScopePicker } from './scope-picker.tsx';
import { useIssueToken } from './token-queries.ts';
import { endAfter, lives } from './token-words.ts';

type IssueTokenProps = {
  readonly holder: Pick<UserRow, 'id' | 'name' | 'kind'>;
  readonly isMe: boolean;
  readonly onDone: () => void;
};

/** Makes a token, and shows it the one time that it is shown. */
export function IssueToken({ holder, isMe, onDone }: IssueTokenProps) {
  const [label, setLabel] = useState('');
  const [days, setDays] = useState('90');
  const [whole, setWhole] = useState(false);
  const [scope, setScope] = useState<readonly Permission[]>([]);
  const [from, setFrom] = useState('');
  const [tried, setTried] = useState(false);
  const issuing = useIssueToken(holder.id);
  // What its holder has: a token carries no more.
  const { data: has, error: unknown } = useQuery({
    queryKey: ['explanation', holder.id],
    queryFn: ({ signal }) => explanation(exchange, holder.id, signal),
  });
  const held = has?.permissions
    .filter(({ verdict }) => verdict === 'permitted' || verdict === 'some groups')
    .map(({ permission }) => permission);
  const unnamed = label.trim() === '';
  const nothing = !whole && scope.length === 0;
  const fault = addressFaultIn(from);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (unnamed || nothing || fault !== undefined || issuing.isPending) return;
    issuing.mutate({
      label,
      expiresAt: days === '' ? null : endAfter(Number(days), Date.now()),
      scope: whole ? null : [...scope],
      addresses: [...addressesIn(from)],
    });
  };
  if (issuing.data !== undefined)
    return (
      <Stack gap="md">
        <Text size="sm" role="status">
          Keep it where only the program can read it. It is shown only now: the exchange keeps its digest. Whoever has
          it can do all that it carries.
        </Text>
        <CopyField label="Token" value={issuing.data.secret} description={`For ${issuing.data.token.label}.`} />
        <div>
          <Button variant="default" className={classes.target} onClick={onDone}>
            Done
          </Button>
        </div>
      </Stack>
    );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label="What it is for"
          placeholder="Upload from the reading room"
          size="md"
          autoComplete="off"
          maxLength={100}
          value={label}
          error={tried && unnamed && 'Say what it is for, so that you know which one to revoke.'}
          onChange={({ currentTarget }) => setLabel(currentTarget.value)}
        />
        <NativeSelect
          label="How long it lives"
          size="md"
          value={days}
          data={[...lives, ...(holder.kind === 'service' && !isMe ? [{ value: '', label: 'Without an end' }] : [])]}
          onChange={({ currentTarget }) => setDays(currentTarget.value)}
        />
        <Checkbox
          classNames={{ body: classes.choice ?? '' }}
          label={isMe ? 'It may do all that I may do' : `It may do all that ${holder.name} may do`}
          checked={whole}
          onChange={({ currentTarget }) => setWhole(currentTarget.checked)}
        />
        {!whole && unknown !== null && <ProblemNotice error={unknown} />}
        {!whole && held !== undefined && <ScopePicker held={held} chosen={scope} onChoose={setScope} />}
        {tried && nothing && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            Choose at least one permission.
          </Text>
        )}
        <Textarea
          label="From which addresses (if not from anywhere)"
          description="One a line: an address, a network such as 192.0.2.0/24, or a range such as 192.0.2.10-192.0.2.20."
          autosize
          minRows={1}
          maxRows={6}
          autoComplete="off"
          spellCheck={false}
          value={from}
          error={tried && fault}
          onChange={({ currentTarget }) => setFrom(currentTarget.value)}
        />
        {issuing.error !== null && <ProblemNotice error={issuing.error} />}
        <Button type="submit" className={classes.target} loading={issuing.isPending}>
          Make the token
        </Button>
      </Stack>
    </form>
  );
}
