import { Button, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { pages, pathOf, type TemplateName } from '@symbolon/contract';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { amountText } from './decision-words.ts';
import { useCreateRole, useRoles, useTemplates } from './role-queries.ts';

const longestName = 100;

/** Makes a role: from a template, as a clone of another, or of nothing. `cloneOf`: what is offered first. */
export function NewRole({ cloneOf }: { readonly cloneOf?: string }) {
  const [name, setName] = useState('');
  const [from, setFrom] = useState(cloneOf === undefined ? '' : `role:${cloneOf}`);
  const [tried, setTried] = useState(false);
  const { data: all } = useRoles();
  const { data: given } = useTemplates(true);
  const creating = useCreateRole();
  const navigate = useNavigate();
  const toast = useToast();
  const roles = all?.roles ?? [];
  const templates = given?.templates ?? [];
  const [kind, source = ''] = from.split(/:(.*)/);
  const template = kind === 'template' ? templates.find((one) => one.template === source) : undefined;
  const role = kind === 'role' ? roles.find(({ id }) => id === source) : undefined;
  const missing = name.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing || creating.isPending) return;
    const begin =
      kind === 'role'
        ? { cloneOf: source }
        : kind === 'template'
          ? { template: source as TemplateName, ...(template === undefined ? {} : { says: template.says }) }
          : {};
    creating.mutate(
      { name, ...begin },
      {
        onSuccess: ({ id }) => {
          toast.say(`The role ${name.trim()} is made. Nobody has it yet.`);
          void navigate({ to: pathOf(pages.role, { roleId: id }) });
        },
      },
    );
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <NativeSelect
          label="Begin with"
          size="md"
          value={from}
          data={[
            { value: '', label: 'Nothing permitted' },
            {
              group: 'Templates',
              items: templates.map((one) => ({ value: `template:${one.template}`, label: one.name })),
            },
            { group: 'A clone of a role', items: roles.map(({ id, name: label }) => ({ value: `role:${id}`, label })) },
          ]}
          onChange={({ currentTarget }) => {
            const chosen = currentTarget.value;
            setFrom(chosen);
            const one = templates.find(({ template: id }) => chosen === `template:${id}`);
            if (one !== undefined && missing) setName(one.name);
          }}
        />
        <Text size="sm">
          {template !== undefined && `${template.says} ${amountText(template.decisions)}.`}
          {role !== undefined && (role.says || 'It begins with all that this role permits and denies.')}
          {from === '' && 'It gives nothing before you say what.'}
        </Text>
        {template !== undefined && template.beyondYou.length > 0 && (
          <Text size="sm">It permits more than you may yourself, so you cannot make it.</Text>
        )}
        <TextInput
          label="Name"
          description="Shown wherever the role is named."
          size="md"
          autoComplete="off"
          maxLength={longestName}
          value={name}
          error={tried && missing && 'Give it a name.'}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {creating.error !== null && <ProblemNotice error={creating.error} />}
        <Button
          type="submit"
          className={classes.target}
          loading={creating.isPending}
          disabled={template !== undefined && template.beyondYou.length > 0}
        >
          Make the role
        </Button>
      </Stack>
    </form>
  );
}
