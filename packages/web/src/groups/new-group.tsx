import { Button, Stack } from '@mantine/core';
import type { GroupKind } from '@symbolon/contract';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { type GroupDraft, GroupFields } from './group-fields.tsx';
import { useCreateGroup } from './group-queries.ts';
import { kinds } from './group-words.ts';

/** Makes a group or a location. */
export function NewGroup({ kind }: { readonly kind: GroupKind }) {
  const [draft, setDraft] = useState<GroupDraft>({ name: '', locationId: '', defaultRoleId: '', mustApprove: false });
  const [tried, setTried] = useState(false);
  const creating = useCreateGroup(kind);
  const navigate = useNavigate();
  const toast = useToast();
  const missing = draft.name.trim() === '';
  const { one, page } = kinds[kind];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing || creating.isPending) return;
    creating.mutate(
      {
        name: draft.name,
        defaultRoleId: draft.defaultRoleId || null,
        mustApprove: draft.mustApprove,
        ...(kind === 'group' ? { locationId: draft.locationId || null } : {}),
      },
      {
        onSuccess: ({ id }) => {
          toast.say(`The ${one.toLowerCase()} ${draft.name.trim()} is made. Nobody is in it yet.`);
          void navigate({ to: `${page}/${id}` });
        },
      },
    );
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <GroupFields
          kind={kind}
          draft={draft}
          onChange={setDraft}
          nameFault={tried && missing ? 'Give it a name.' : undefined}
        />
        {creating.error !== null && <ProblemNotice error={creating.error} />}
        <Button type="submit" className={classes.target} loading={creating.isPending}>
          Make the {one.toLowerCase()}
        </Button>
      </Stack>
    </form>
  );
}
