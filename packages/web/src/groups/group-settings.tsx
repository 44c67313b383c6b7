import { Button, Group, Stack, Text } from '@mantine/core';
import { type GroupAnswer, pages } from '@symbolon/contract';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { type GroupDraft, GroupFields } from './group-fields.tsx';
import { useChangeGroup, useDeleteGroup } from './group-queries.ts';
import { kinds } from './group-words.ts';

/** How a group is set, changed; and deleting it while it holds no studies. */
export function GroupSettings({ group }: { readonly group: GroupAnswer }) {
  const me = useMe();
  const [doing, setDoing] = useState<'change' | 'delete'>();
  const { needs, one } = kinds[group.kind];
  const what = one.toLowerCase();
  const done = () => setDoing(undefined);
  if (doing === 'change') return <Change group={group} onDone={done} />;
  if (doing === 'delete') return <Delete group={group} onDone={done} />;
  const mayDelete = mayDo(me, needs.delete);
  return (
    <>
      <Group gap="xs">
        {mayDo(me, needs.change) && (
          <Button variant="default" className={classes.target} onClick={() => setDoing('change')}>
            Change the settings
          </Button>
        )}
        {mayDelete && group.studies === 0 && (
          <Button variant="default" className={classes.target} onClick={() => setDoing('delete')}>
            Delete the {what}
          </Button>
        )}
      </Group>
      {mayDelete && group.studies > 0 && (
        <Text size="sm" c="dimmed">
          It holds studies, so it cannot be deleted.
        </Text>
      )}
    </>
  );
}

type DoingProps = { readonly group: GroupAnswer; readonly onDone: () => void };

function Change({ group, onDone }: DoingProps) {
  const [draft, setDraft] = useState<GroupDraft>({
    name: group.name,
    locationId: group.location?.id ?? '',
    defaultRoleId: group.defaultRole?.id ?? '',
    mustApprove: group.mustApprove,
  });
  const changing = useChangeGroup(group);
  const toast = useToast();
  const missing = draft.name.trim() === '';
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (missing || changing.isPending) return;
    // Only what was changed: a role that one may not hand out stays where it is without being named.
    changing.mutate(
      {
        ...(draft.name === group.name ? {} : { name: draft.name }),
        ...(draft.locationId === (group.location?.id ?? '') ? {} : { locationId: draft.locationId || null }),
        ...(draft.defaultRoleId === (group.defaultRole?.id ?? '')
          ? {}
          : { defaultRoleId: draft.defaultRoleId || null }),
        ...(draft.mustApprove === group.mustApprove ? {} : { mustApprove: draft.mustApprove }),
      },
      {
        onSuccess: () => {
          toast.say('The settings are saved.');
          onDone();
        },
      },
    );
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="md">
        <GroupFields
          kind={group.kind}
          draft={draft}
          onChange={setDraft}
          nameFault={missing ? 'Give it a name.' : undefined}
        />
        {changing.error !== null && <ProblemNotice error={changing.error} />}
        <Group gap="xs">
          <Button type="submit" className={classes.target} loading={changing.isPending}>
            Save the settings
          </Button>
          <Button variant="default" className={classes.target} onClick={onDone}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Delete({ group, onDone }: DoingProps) {
  const deleting = useDeleteGroup(group);
  const navigate = useNavigate();
  const toast = useToast();
  const what = kinds[group.kind].one.toLowerCase();
  return (
    <Confirm
      title={`Delete the ${what} ${group.name}?`}
      yes={`Delete the ${what}`}
      no="Keep it"
      grave
      pending={deleting.isPending}
      error={deleting.error}
      onNo={onDone}
      onYes={() =>
        deleting.mutate(undefined, {
          onSuccess: () => {
            toast.say(`The ${what} ${group.name} is deleted.`);
            void navigate({ to: pages.groups });
          },
        })
      }
    >
      Its members lose the role that they have there, and stay in the account. It holds no studies.
    </Confirm>
  );
}
