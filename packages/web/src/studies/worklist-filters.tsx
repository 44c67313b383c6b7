import { Button, CloseButton, TextInput } from '@mantine/core';
import { IconFilter, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { mayDo, useMe } from '../app/session.ts';
import classes from './worklist.module.css';
import {
  type Filters,
  filtersInWords,
  modalities,
  noFilters,
  type Quick,
  quickDays,
  quickOf,
  sameFilters,
} from './worklist-search.ts';

type WorklistFiltersProps = {
  readonly filters: Filters;
  /** Where there is little room, all but the name is shown when it is asked for. */
  readonly narrow: boolean;
  /** Whether a small picture of each study is shown. */
  readonly pictures: boolean;
  onPictures(shown: boolean): void;
  onChange(changes: Partial<Filters>): void;
};

const quickNames: readonly { readonly quick: Quick; readonly label: string }[] = [
  { quick: 'any', label: 'Any date' },
  { quick: 'today', label: 'Today' },
  { quick: 'week', label: 'Last 7 days' },
  { quick: 'month', label: 'Last 30 days' },
];

const clearNames = { name: 'Clear the name', id: 'Clear the ID', modality: 'Clear the modality' } as const;

/** Fields that browsers shall not remember: names and ids of patients. */
const forgotten = { autoComplete: 'off', autoCorrect: 'off', spellCheck: false } as const;

export function WorklistFilters({ filters, narrow, pictures, onPictures, onChange }: WorklistFiltersProps) {
  const clear = (field: keyof typeof clearNames): ReactNode =>
    filters[field] === '' ? null : (
      <CloseButton size="sm" aria-label={clearNames[field]} onClick={() => onChange({ [field]: '' })} />
    );
  const mayApprove = mayDo(useMe(), 'study.approve');
  const known = useId();
  const quick = quickOf(filters, new Date());
  const inForce = filtersInWords({ ...filters, name: '' }, String).length;
  const [opened, setOpened] = useState(inForce > 0);
  const all = !narrow || opened;
  return (
    <search aria-label="Studies" className={classes.filters}>
      <div className={classes.fields}>
        <TextInput
          {...forgotten}
          label="Patient name"
          placeholder="First letters are enough"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={filters.name}
          maxLength={200}
          rightSection={clear('name')}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        {all && (
          <>
            <TextInput
              {...forgotten}
              label="Patient ID or accession"
              placeholder="Exact"
              value={filters.id}
              maxLength={64}
              rightSection={clear('id')}
              onChange={(event) => onChange({ id: event.currentTarget.value })}
            />
            <TextInput
              label="Study date from"
              type="date"
              value={filters.from}
              max={filters.to || undefined}
              onChange={(event) => onChange({ from: event.currentTarget.value })}
            />
            <TextInput
              label="Study date to"
              type="date"
              value={filters.to}
              min={filters.from || undefined}
              onChange={(event) => onChange({ to: event.currentTarget.value })}
            />
            <TextInput
              {...forgotten}
              label="Modality"
              placeholder="Any"
              list={known}
              value={filters.modality}
              maxLength={16}
              rightSection={clear('modality')}
              onChange={(event) => onChange({ modality: event.currentTarget.value })}
            />
            <datalist id={known}>
              {modalities.map((modality) => (
                <option key={modality} value={modality} />
              ))}
            </datalist>
          </>
        )}
      </div>
      <div className={classes.quick}>
        {all && (
          <fieldset aria-label="Study date">
            {quickNames.map(({ quick: one, label }) => (
              <Button
                key={one}
                size="compact-sm"
                variant={quick === one ? 'light' : 'subtle'}
                color={quick === one ? 'petrol' : 'gray'}
                aria-pressed={quick === one}
                onClick={() => onChange(quickDays(one, new Date()))}
              >
                {label}
              </Button>
            ))}
          </fieldset>
        )}
        {mayApprove && (
          <Button
            size="compact-sm"
            variant={filters.awaiting ? 'light' : 'subtle'}
            color={filters.awaiting ? 'petrol' : 'gray'}
            aria-pressed={filters.awaiting}
            mr="auto"
            onClick={() => onChange({ awaiting: !filters.awaiting })}
          >
            Awaiting approval
          </Button>
        )}
        <Button
          size="compact-sm"
          variant={pictures ? 'light' : 'subtle'}
          color={pictures ? 'petrol' : 'gray'}
          aria-pressed={pictures}
          title="One small picture of each study. The trail records them as looked at."
          ml="auto"
          onClick={() => onPictures(!pictures)}
        >
          Pictures
        </Button>
        {narrow && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconFilter size={16} aria-hidden />}
            aria-expanded={opened}
            onClick={() => setOpened(!opened)}
          >
            {opened ? 'Fewer filters' : inForce === 0 ? 'More filters' : `More filters (${inForce} set)`}
          </Button>
        )}
        {!sameFilters(filters, noFilters) && (
          <Button size="compact-sm" variant="subtle" onClick={() => onChange(noFilters)}>
            Clear all
          </Button>
        )}
      </div>
    </search>
  );
}
