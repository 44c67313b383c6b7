import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { SignInEffect, SignInPolicyRequest } from '@symbolon/contract';
import { useEffect, useRef, useState } from 'react';
import classes from '../administration/administration.module.css';
import { formatCount } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useEffects } from './policy-queries.ts';
import { effectText, yoursText } from './policy-words.ts';

type EffectsPanelProps = {
  readonly request: SignInPolicyRequest;
  readonly effects: readonly SignInEffect[];
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSave: () => void;
  readonly onLeave: () => void;
};

/** What a change will do, before it is made: to how many, to whom, and to who makes it. */
export function EffectsPanel({ request, effects, pending, error, onSave, onLeave }: EffectsPanelProps) {
  const yours = yoursText(effects);
  const panel = useRef<HTMLElement>(null);
  // It comes below what was pressed, and is what is to be read next.
  useEffect(() => {
    panel.current?.focus({ preventScroll: true });
    panel.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section ref={panel} tabIndex={-1} className={classes.confirm} aria-label="What this will do">
      <Stack gap="sm">
        <Text fw={600}>What this will do</Text>
        {effects.length === 0 ? (
          <Text size="sm">
            Nobody who is in the account now is asked for anything. It holds from the next request on.
          </Text>
        ) : (
          <ul className={classes.rows} aria-label="What this will do, and to whom">
            {effects.map((effect) => (
              <EffectItem key={effect.kind} effect={effect} request={request} />
            ))}
          </ul>
        )}
        {yours !== undefined && (
          <Alert color="yellow" variant="light">
            {yours}
          </Alert>
        )}
        {error !== null && <ProblemNotice error={error} />}
        <Group gap="xs">
          <Button className={classes.target} loading={pending} onClick={onSave}>
            Save
          </Button>
          <Button className={classes.target} variant="default" onClick={onLeave}>
            Leave it as it is
          </Button>
        </Group>
      </Stack>
    </section>
  );
}

function EffectItem({ effect, request }: { readonly effect: SignInEffect; readonly request: SignInPolicyRequest }) {
  const [open, setOpen] = useState(false);
  const [people, setPeople] = useState(effect.people);
  const [next, setNext] = useState(effect.next);
  const asking = useEffects();
  const more = () =>
    next !== null &&
    asking.mutate(
      { ...request, more: { kind: effect.kind, before: next } },
      {
        onSuccess: ({ effects: [found] }) => {
          setPeople([...people, ...(found?.people ?? [])]);
          setNext(found?.next ?? null);
        },
      },
    );
  return (
    <li className={classes.tall}>
      <Group justify="space-between" gap="xs">
        <span className={classes.grow}>{effectText(effect)}</span>
        <Button
          className={classes.target}
          variant="subtle"
          size="xs"
          aria-expanded={open}
          aria-label={open ? `Hide who: ${effectText(effect)}` : `Show who: ${effectText(effect)}`}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Hide who' : 'Show who'}
        </Button>
      </Group>
      {open && (
        <Stack gap="xs">
          <ul className={classes.people} aria-label={`Who: ${effectText(effect)}`}>
            {people.map(({ id, name, email }) => (
              <li key={id}>
                {name} {email !== null && <span className={classes.beside}>{email}</span>}
              </li>
            ))}
          </ul>
          {asking.error !== null && <ProblemNotice error={asking.error} />}
          {next !== null && (
            <div>
              <Button
                className={classes.target}
                variant="default"
                size="xs"
                loading={asking.isPending}
                onClick={() => more()}
              >
                {formatCount(effect.count - people.length)} more
              </Button>
            </div>
          )}
        </Stack>
      )}
    </li>
  );
}
