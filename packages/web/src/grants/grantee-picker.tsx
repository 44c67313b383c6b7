import { Button, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Grantee } from '@symbolon/contract';
import { IconMapPin, IconSearch, IconServer, IconUser, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useGrantees } from './grant-queries.ts';
import { granteeKindLabels } from './grant-words.ts';
import classes from './grants.module.css';

const typingMs = 250;
const icons = { person: IconUser, service: IconServer, group: IconUsers, location: IconMapPin } as const;

type GranteePickerProps = {
  readonly chosen: Grantee | null;
  readonly fault: string | null;
  readonly onChoose: (grantee: Grantee | null) => void;
};

/** Finds somebody of the account by a part of the name, and keeps whom one chose. */
export function GranteePicker({ chosen, fault, onChoose }: GranteePickerProps) {
  const [search, setSearch] = useState('');
  if (chosen !== null) {
    return (
      <div>
        <Text fw={500} size="sm" mb={4}>
          Person or group
        </Text>
        <div className={classes.chosen}>
          <GranteeName of={chosen} />
          <Button className={classes.target} size="xs" variant="default" onClick={() => onChoose(null)}>
            Somebody else
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div>
      <TextInput
        label="Person or group"
        placeholder="A part of the name"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        error={fault}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <Found
        search={search}
        onChoose={(one) => {
          setSearch('');
          onChoose(one);
        }}
      />
    </div>
  );
}

function Found({ search, onChoose }: { readonly search: string; readonly onChoose: (grantee: Grantee) => void }) {
  const [settled] = useDebouncedValue(search.trim(), typingMs);
  const { data, error, refetch } = useGrantees(settled);
  if (error !== null) return <ProblemNotice error={error} onRetry={() => refetch()} />;
  if (data === undefined) return null;
  return (
    <>
      <ul className={classes.found} aria-label="People and groups that fit">
        {data.found.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => onChoose(one)}>
              <GranteeName of={one} />
            </button>
          </li>
        ))}
      </ul>
      <Text size="xs" c="dimmed" role="status" mt={4}>
        {data.found.length === 0 && 'Nobody of your account fits.'}
        {data.more && 'There are more that fit: write more of the name.'}
      </Text>
    </>
  );
}

export function GranteeName({ of: { kind, name } }: { readonly of: Grantee }) {
  const Icon = icons[kind];
  return (
    <>
      <Icon size={18} aria-hidden />
      <span className={classes.grow}>
        {name}
        {kind !== 'person' && `, ${granteeKindLabels[kind]}`}
      </span>
    </>
  );
}
