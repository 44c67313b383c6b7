import './styles.ts';
import { Anchor, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { pages, type RoleComparison } from '@symbolon/contract';
import { IconArrowsDiff } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import administration from '../administration/administration.module.css';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { formatCount } from '../ui/amounts.ts';
import { Empty } from '../ui/empty.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { sectionsWith } from './catalogue.ts';
import { type Said, saidOf } from './decision-words.ts';
import { PermissionTable } from './permission-table.tsx';
import { useComparison, useRole, useRoles } from './role-queries.ts';
import classes from './roles.module.css';
import { SaidMark } from './said-mark.tsx';

/** Two roles beside each other, permission by permission. */
export function ComparisonPage() {
  return (
    <AdministratorsPage title="Compare roles" needs="role.compare" forWhom="The roles are for administrators">
      <Compare />
    </AdministratorsPage>
  );
}

function Compare() {
  const search = useSearch({ strict: false }) as { readonly one?: string; readonly other?: string };
  const navigate = useNavigate();
  const { data: all, error } = useRoles();
  const { one = '', other = '' } = search;
  const choose = (side: 'one' | 'other', roleId: string) =>
    navigate({ to: pages.roleComparison, search: { one, other, [side]: roleId }, replace: true });
  const options = [
    { value: '', label: 'Choose a role' },
    ...(all?.roles ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <Stack gap="md">
      <Anchor size="sm" renderRoot={(props) => <Link {...props} to={pages.roles} />}>
        All roles
      </Anchor>
      {error !== null && <ProblemNotice error={error} />}
      <div className={classes.pair}>
        <NativeSelect
          label="One role"
          size="md"
          value={one}
          data={options}
          onChange={({ currentTarget }) => void choose('one', currentTarget.value)}
        />
        <NativeSelect
          label="The other"
          size="md"
          value={other}
          data={options}
          onChange={({ currentTarget }) => void choose('other', currentTarget.value)}
        />
      </div>
      {one === '' || other === '' ? (
        <Empty icon={<IconArrowsDiff size={28} />} title="Choose two roles">
          You see where they say something else.
        </Empty>
      ) : (
        <Compared one={one} other={other} />
      )}
    </Stack>
  );
}

function Compared({ one, other }: { readonly one: string; readonly other: string }) {
  const { data, error, isPending, refetch } = useComparison(one, other);
  const [shown, setShown] = useState<'differences' | 'all'>('differences');
  if (isPending) return <WaitingCards what="Comparing the roles" count={2} />;
  if (error !== null) return <ProblemNotice error={error} onRetry={() => refetch()} />;
  return (
    <>
      <Text size="sm" role="status">
        {data.differences.length === 0
          ? 'They permit and deny the same.'
          : `They differ in ${formatCount(data.differences.length, 'permission')}. ${data.one.name} permits ${formatCount(data.one.permits)}, ${data.other.name} ${formatCount(data.other.permits)}.`}
      </Text>
      <SegmentedControl
        aria-label="Which permissions"
        className={administration.choose ?? ''}
        classNames={{ label: administration.chooseLabel ?? '' }}
        data={[
          { value: 'differences', label: 'Differences only' },
          { value: 'all', label: 'All' },
        ]}
        value={shown}
        onChange={(value) => setShown(value as 'differences' | 'all')}
      />
      <ComparisonTable comparison={data} all={shown === 'all'} />
    </>
  );
}

function ComparisonTable({ comparison, all }: { readonly comparison: RoleComparison; readonly all: boolean }) {
  const differing = new Map(comparison.differences.map((one) => [one.permission, one]));
  // Where they do not differ, what one says is what both say.
  const { data: same, error } = useRole(all ? comparison.one.id : undefined);
  if (error !== null) return <ProblemNotice error={error} />;
  const sections = sectionsWith('', ({ permission }) => all || differing.has(permission));
  if (sections.length === 0) return null;
  return (
    <PermissionTable
      caption={`What ${comparison.one.name} and ${comparison.other.name} say`}
      sections={sections}
      columns={[comparison.one.name, comparison.other.name]}
      cellsOf={({ permission }) => {
        const found = differing.get(permission);
        const both: Said = same === undefined ? 'unset' : saidOf(same.decisions, permission);
        return [found?.one, found?.other].map((side, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: there are two, always in this order
          <td key={at} data-differs={found !== undefined}>
            <SaidMark said={found === undefined ? both : (side?.says ?? 'unset')} />
            {side?.permits === true && side.says === null && <span className={classes.note}>included</span>}
          </td>
        ));
      }}
    />
  );
}
