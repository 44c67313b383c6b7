import { Button, Group, Stack, Text } from '@mantine/core';
import type { Decisions, RoleAnswer } from '@symbolon/contract';
import { useDeferredValue, useRef, useState } from 'react';
import administration from '../administration/administration.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { formatCount } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { useFoot } from '../ui/use-foot.ts';
import { sectionsWith } from './catalogue.ts';
import { ChangeList } from './change-list.tsx';
import { changesBetween, saidOf, withSaid } from './decision-words.ts';
import { DecisionsTable } from './decisions-table.tsx';
import { PermissionFilter } from './permission-filter.tsx';
import { useChangeRole } from './role-queries.ts';
import { holdersText, isHeld } from './role-words.ts';
import classes from './roles.module.css';

type Shown = 'all' | 'permit' | 'deny';
const shownChoices: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'permit', label: 'Permitted' },
  { value: 'deny', label: 'Denied' },
];

/** What a role permits and denies; where it may be changed, nothing is saved before it was looked at. */
export function RoleDecisions({ role }: { readonly role: RoleAnswer }) {
  const me = useMe();
  const may = role.builtin === null && role.beyondYou.length === 0 && mayDo(me, 'role.change');
  const [draft, setDraft] = useState<Decisions>();
  const [shown, setShown] = useState<Shown>(may ? 'all' : 'permit');
  const [words, setWords] = useState('');
  const decisions = draft ?? role.decisions;
  const changes = changesBetween(role.decisions, decisions);
  // What is changed at the moment stays where it is, whatever is filtered.
  const sections = sectionsWith(
    useDeferredValue(words),
    ({ permission }) =>
      shown === 'all' || saidOf(role.decisions, permission) === shown || saidOf(decisions, permission) === shown,
  );
  return (
    <Card title="What it permits and denies">
      <PermissionFilter words={words} onWords={setWords} choices={shownChoices} shown={shown} onShown={setShown} />
      {sections.length === 0 ? (
        <Text size="sm" role="status">
          No permission is like that.
        </Text>
      ) : (
        <DecisionsTable
          sections={sections}
          decisions={decisions}
          onSay={may ? (permission, said) => setDraft(withSaid(decisions, permission, said)) : undefined}
        />
      )}
      {changes.length > 0 && (
        <SaveBar role={role} draft={decisions} count={changes.length} onDone={() => setDraft(undefined)} />
      )}
    </Card>
  );
}

type SaveBarProps = {
  readonly role: RoleAnswer;
  readonly draft: Decisions;
  readonly count: number;
  readonly onDone: () => void;
};

function SaveBar({ role, draft, count, onDone }: SaveBarProps) {
  const [looking, setLooking] = useState(false);
  const bar = useRef<HTMLDivElement>(null);
  useFoot(bar);
  const saving = useChangeRole(role.id);
  const toast = useToast();
  const save = () =>
    saving.mutate(
      { decisions: draft },
      {
        onSuccess: () => {
          toast.say(`The role ${role.name} is saved.`);
          setLooking(false);
          onDone();
        },
      },
    );
  return (
    <>
      <div className={classes.bar} ref={bar}>
        <span role="status">{formatCount(count, 'change')}, not saved</span>
        <Group gap="xs">
          <Button variant="default" px="sm" className={administration.target} onClick={onDone}>
            Take back
          </Button>
          <Button px="sm" className={administration.target} onClick={() => setLooking(true)}>
            Look and save …
          </Button>
        </Group>
      </div>
      <Dialog title="Save the role" opened={looking} onClose={() => setLooking(false)}>
        <Stack gap="md">
          <Text size="sm">
            {isHeld(role)
              ? `It counts from the next request on, for who has the role: ${holdersText(role)}.`
              : 'Nobody has the role yet.'}
          </Text>
          <ChangeList changes={changesBetween(role.decisions, draft)} />
          {saving.error !== null && <ProblemNotice error={saving.error} />}
          <Group gap="xs">
            <Button className={administration.target} loading={saving.isPending} onClick={save}>
              Save the role
            </Button>
            <Button variant="default" className={administration.target} onClick={() => setLooking(false)}>
              Go on changing
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  );
}
