import { NativeSelect, Switch, TextInput } from '@mantine/core';
import type { GroupKind } from '@symbolon/contract';
import classes from '../administration/administration.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { useRoles } from '../roles/role-queries.ts';
import { useGroups } from './group-queries.ts';

export type GroupDraft = {
  readonly name: string;
  readonly locationId: string;
  readonly defaultRoleId: string;
  readonly mustApprove: boolean;
};

type GroupFieldsProps = {
  readonly kind: GroupKind;
  readonly draft: GroupDraft;
  readonly onChange: (draft: GroupDraft) => void;
  readonly nameFault?: string | undefined;
};

/** What a group or a location is set up with. */
export function GroupFields({ kind, draft, onChange, nameFault }: GroupFieldsProps) {
  const me = useMe();
  const { data: all } = useRoles();
  const { data: places } = useGroups('location', kind === 'group' && mayDo(me, 'location.list'));
  const what = kind === 'group' ? 'group' : 'location';
  return (
    <>
      <TextInput
        label="Name"
        size="md"
        autoComplete="off"
        maxLength={100}
        value={draft.name}
        error={nameFault}
        onChange={({ currentTarget }) => onChange({ ...draft, name: currentTarget.value })}
      />
      {places !== undefined && places.groups.length > 0 && (
        <NativeSelect
          label="Location"
          size="md"
          value={draft.locationId}
          data={[{ value: '', label: 'None' }, ...places.groups.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={({ currentTarget }) => onChange({ ...draft, locationId: currentTarget.value })}
        />
      )}
      {all !== undefined && (
        <NativeSelect
          label="Role of its members"
          description={`What members have in this ${what} who have no other role there. It counts for the studies that live in it.`}
          size="md"
          value={draft.defaultRoleId}
          data={[
            { value: '', label: 'None: their role in the account alone' },
            ...all.roles.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => onChange({ ...draft, defaultRoleId: currentTarget.value })}
        />
      )}
      <Switch
        className={classes.switch ?? ''}
        label="What arrives has to be approved"
        description="Before somebody approved a study, only who may see unapproved studies sees it."
        checked={draft.mustApprove}
        onChange={({ currentTarget }) => onChange({ ...draft, mustApprove: currentTarget.checked })}
      />
    </>
  );
}
