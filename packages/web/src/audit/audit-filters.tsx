import { Select, SimpleGrid, TextInput } from '@mantine/core';
import { everyUser } from '@symbolon/client';
import { auditKinds, auditOutcomes } from '@symbolon/contract';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { type AuditFilter, changed } from './audit-search.ts';
import { actionChoices, kindLabels, outcomeLabels } from './record-words.ts';
import classes from './timeline.module.css';

type AuditFiltersProps = { readonly filter: AuditFilter; readonly onChange: (filter: AuditFilter) => void };

const kinds = auditKinds.map((value) => ({ value, label: kindLabels[value] }));
const outcomes = auditOutcomes.map((value) => ({ value, label: outcomeLabels[value] }));

/** Who, what, how it ended, and when. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const people = useQuery({ queryKey: ['users', 'all'], queryFn: ({ signal }) => everyUser(exchange, signal) });
  const known = (people.data ?? []).map(({ id, name, email }) => ({
    value: id,
    label: email === null ? name : `${name} (${email})`,
  }));
  const { user, from = '', to = '' } = filter;
  const choices =
    user === undefined || known.some(({ value }) => value === user)
      ? known
      : [...known, { value: user, label: people.isPending ? 'Loading …' : 'Somebody who is no longer here' }];
  const change = (changes: Parameters<typeof changed>[1]) => onChange(changed(filter, changes));
  return (
    <SimpleGrid cols={{ base: 2, md: 3, lg: 6 }} spacing="sm" component="fieldset" m={0} p={0} bd="none">
      <Choice label="Person" choices={choices} value={user} onChange={(value) => change({ user: value })} searchable />
      <Choice
        label="Action"
        choices={actionChoices}
        value={filter.action}
        onChange={(action) => change({ action })}
        searchable
      />
      <Choice label="Kind" choices={kinds} value={filter.kind} onChange={(kind) => change({ kind })} />
      <Choice label="Outcome" choices={outcomes} value={filter.outcome} onChange={(outcome) => change({ outcome })} />
      <Day label="From (UTC)" value={from} onChange={(day) => change({ from: day })} />
      <Day label="To (UTC)" value={to} onChange={(day) => change({ to: day })} notBefore={from} />
    </SimpleGrid>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly value: string | undefined;
  readonly onChange: (value: string | null) => void;
  readonly searchable?: boolean;
};

function Choice({ label, choices, value, onChange, searchable = false }: ChoiceProps) {
  return (
    <Select
      label={label}
      placeholder="All"
      data={[...choices]}
      value={value ?? null}
      onChange={onChange}
      searchable={searchable}
      clearable
      clearButtonProps={{ 'aria-label': `All: ${label}` }}
      nothingFoundMessage="Nothing fits"
      withScrollArea={false}
      classNames={{ options: classes.options ?? '', input: classes.field ?? '' }}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
    />
  );
}

type DayProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
  readonly notBefore?: string;
};

function Day({ label, value, onChange, notBefore = '' }: DayProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const backwards = typed !== '' && notBefore !== '' && typed < notBefore;
  return (
    <TextInput
      type="date"
      classNames={{ input: classes.field ?? '' }}
      label={label}
      value={typed}
      error={backwards && 'This is before the first day.'}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        // While a year is typed, the field passes through the years 2, 20 and 202.
        if (currentTarget.value === '' || currentTarget.value >= '1900') onChange(currentTarget.value);
      }}
    />
  );
}
