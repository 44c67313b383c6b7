import './styles.ts';
import { Button, Group, Stack } from '@mantine/core';
import { auditCsvPath } from '@symbolon/client';
import { IconDownload, IconRefresh, IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { formatDay } from '../ui/amounts.ts';
import { Page } from '../ui/page.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { type AuditFilter, changed, filterOf, isFiltered } from './audit-search.ts';
import classes from './timeline.module.css';
import { Timeline, useTimeline } from './timeline.tsx';

/** What happened in the account, with the filter in the address, so that a view of it can be kept and passed on. */
export function AuditPage() {
  const filter = filterOf(useSearch({ strict: false }));
  const navigate = useNavigate();
  const queries = useQueryClient();
  const choose = (next: AuditFilter) => navigate({ to: '/audit', search: next, replace: true });
  const actions = (
    <>
      <Button
        className={classes.part}
        variant="default"
        leftSection={<IconRefresh size={18} aria-hidden />}
        onClick={() => queries.resetQueries({ queryKey: ['audit'] })}
      >
        Refresh
      </Button>
      <Button
        component="a"
        className={classes.part}
        href={auditCsvPath(filter)}
        download
        variant="default"
        leftSection={<IconDownload size={18} aria-hidden />}
      >
        Export CSV
      </Button>
    </>
  );
  return (
    <Page title="Audit" actions={actions}>
      <Stack gap="lg">
        <AuditFilters filter={filter} onChange={choose} />
        <Narrowed filter={filter} onChange={choose} />
        <Timeline query={filter} />
      </Stack>
    </Page>
  );
}

type NarrowedProps = { readonly filter: AuditFilter; readonly onChange: (filter: AuditFilter) => void };

/** The parts of the filter that no field shows, each with a way out, and a way out of all. */
function Narrowed({ filter, onChange }: NarrowedProps) {
  const study = useTimeline(filter).data?.pages[0]?.records.find((record) => record.study?.id === filter.study)?.study;
  if (!isFiltered(filter)) return null;
  const name = study?.patientName || 'One study';
  return (
    <Group gap="xs">
      {filter.study !== undefined && (
        <Part onRemove={() => onChange(changed(filter, { study: null }))}>
          {study?.date ? `${name}, ${formatDay(study.date)}` : name}
        </Part>
      )}
      {filter.link !== undefined && <Part onRemove={() => onChange(changed(filter, { link: null }))}>One link</Part>}
      <Button className={classes.part} variant="subtle" size="compact-md" onClick={() => onChange({})}>
        Show everything
      </Button>
    </Group>
  );
}

function Part({ children, onRemove }: { readonly children: string; readonly onRemove: () => void }) {
  return (
    <Button
      className={classes.part}
      variant="light"
      size="compact-md"
      onClick={onRemove}
      aria-label={`Only ${children}: take this filter away`}
      rightSection={<IconX size={16} aria-hidden />}
    >
      Only {children}
    </Button>
  );
}
