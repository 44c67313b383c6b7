import { Button, Group, NativeSelect, Stack, Switch, Text, TextInput } from '@mantine/core';
import type { SignInEffect, SignInPolicy } from '@symbolon/contract';
import { type FormEvent, useState } from 'react';
import classes from '../administration/administration.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useToast } from '../ui/toast.tsx';
import { EffectsPanel } from './effects-panel.tsx';
import own from './policy.module.css';
import { useEffects, useSetSignInPolicy } from './policy-queries.ts';
import { type AmountRule, draftOf, faultIn, isSame, policyIn } from './policy-words.ts';

type SwitchRule = 'passwordKinds' | 'secondPassword';

/** How the people of the account sign in: changed after a look at what that does to whom, and put back in the same way. */
export function PolicyForm({ policy }: { readonly policy: SignInPolicy }) {
  const may = mayDo(useMe(), 'policy.set');
  const [draft, setDraft] = useState(() => draftOf(policy));
  const [changePasswords, setChangePasswords] = useState(false);
  const [effects, setEffects] = useState<readonly SignInEffect[]>();
  const [before, setBefore] = useState<SignInPolicy>();
  const asking = useEffects();
  const setting = useSetSignInPolicy();
  const toast = useToast();
  const wanted = policyIn(draft);
  const changed = changePasswords || wanted === undefined || !isSame(wanted, policy);
  const request = wanted && { policy: wanted, changePasswords };

  const edit = (some: Partial<typeof draft>): void => {
    setDraft({ ...draft, ...some });
    setEffects(undefined);
  };
  const look = (asked = request): void => {
    setting.reset();
    if (asked !== undefined) asking.mutate(asked, { onSuccess: (answer) => setEffects(answer.effects) });
  };
  const save = (): void => {
    if (request === undefined || setting.isPending) return;
    setting.mutate(request, {
      onSuccess: () => {
        toast.say('How people sign in is saved.');
        setBefore(isSame(request.policy, policy) ? before : policy);
        setEffects(undefined);
        setChangePasswords(false);
      },
    });
  };
  const putBack = (earlier: SignInPolicy): void => {
    setDraft(draftOf(earlier));
    setChangePasswords(false);
    setEffects(undefined);
    look({ policy: earlier, changePasswords: false });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (changed && !asking.isPending) look();
  };

  const amount = (rule: AmountRule, label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      className={own.field ?? ''}
      inputMode="numeric"
      autoComplete="off"
      size="md"
      maxLength={4}
      disabled={!may}
      value={draft[rule]}
      error={faultIn(rule, draft[rule])}
      onChange={({ currentTarget }) => edit({ [rule]: currentTarget.value })}
    />
  );
  const onOff = (rule: SwitchRule, label: string, description: string) => (
    <Switch
      className={classes.switch ?? ''}
      label={label}
      description={description}
      disabled={!may}
      checked={draft[rule]}
      onChange={({ currentTarget }) => edit({ [rule]: currentTarget.checked })}
    />
  );
  const choice = (label: string, description: string, value: string, data: readonly Choice[], set: Chosen) => (
    <NativeSelect
      label={label}
      description={description}
      className={own.field ?? ''}
      size="md"
      disabled={!may}
      value={value}
      data={[...data]}
      onChange={({ currentTarget }) => set(currentTarget.value)}
    />
  );

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Card title="Passwords">
          <Text size="sm" className={classes.text}>
            Common passwords, and those that the operator of this exchange knows to be leaked, are refused whatever is
            chosen here. Rules hold when a password is chosen. Who is in several accounts keeps the strictest of them.
          </Text>
          {amount('passwordCharacters', 'At least how many characters', 'From 10 to 64. Length helps most.')}
          {onOff(
            'passwordKinds',
            'Three kinds of characters',
            'Three of small letters, capital letters, digits and others. Makes passwords harder to remember, and little harder to guess.',
          )}
          {choice(
            'How hard to guess',
            'Looks for words, names, dates and rows of keys.',
            String(draft.passwordScore),
            scores,
            (value) => edit({ passwordScore: Number(value) }),
          )}
          {choice(
            'How old a password gets',
            'Who has an older one chooses a new one before they go on.',
            String(draft.passwordDays ?? ''),
            ages,
            (value) => edit({ passwordDays: value === '' ? null : (Number(value) as 30 | 60 | 90) }),
          )}
          {may && (
            <Switch
              className={classes.switch ?? ''}
              label="Everybody chooses a new password now"
              description="Once, before they go on; you too. After passwords may have been seen by others."
              checked={changePasswords}
              onChange={({ currentTarget }) => {
                setChangePasswords(currentTarget.checked);
                setEffects(undefined);
              }}
            />
          )}
        </Card>
        <Card title="Second factor">
          {choice(
            'Who needs one',
            'A code of an app, or a passkey, beside the password. A role can need one by itself.',
            draft.secondFactor,
            factors,
            (value) => edit({ secondFactor: value as SignInPolicy['secondFactor'] }),
          )}
          {amount(
            'trustedDeviceDays',
            'For how many days a browser can be trusted',
            'In a trusted browser the second factor is not asked for. From 0, never, to 90.',
          )}
        </Card>
        <Card title="Sessions">
          {amount('idleMinutes', 'Signed out after how many minutes without use', 'From 5 to 720.')}
          {amount('sessionHours', 'Signed out after how many hours whatever happens', 'From 1 to 24.')}
          {amount(
            'lockMinutes',
            'Screen locked after how many minutes untouched',
            'From 1 to 120; nothing: never. The password opens it again.',
          )}
        </Card>
        <Card title="Identities">
          {onOff(
            'secondPassword',
            'A second password opens identities',
            'Without it people see pseudonyms, as if their role did not let them see who a study is of.',
          )}
        </Card>
        {asking.error !== null && effects === undefined && <ProblemNotice error={asking.error} />}
        {may && effects === undefined && (
          <Group gap="xs">
            <Button
              type="submit"
              className={classes.target}
              disabled={!changed || wanted === undefined}
              loading={asking.isPending}
            >
              See what this will do
            </Button>
            {changed && (
              <Button
                className={classes.target}
                variant="default"
                onClick={() => {
                  edit(draftOf(policy));
                  setChangePasswords(false);
                }}
              >
                Leave it as it is
              </Button>
            )}
            {before !== undefined && !changed && (
              <Button className={classes.target} variant="default" onClick={() => putBack(before)}>
                Put it back as it was before
              </Button>
            )}
          </Group>
        )}
        {effects !== undefined && request !== undefined && (
          <EffectsPanel
            key={JSON.stringify(request)}
            request={request}
            effects={effects}
            pending={setting.isPending}
            error={setting.error}
            onSave={save}
            onLeave={() => {
              edit(draftOf(policy));
              setChangePasswords(false);
            }}
          />
        )}
      </Stack>
    </form>
  );
}

type Choice = { readonly value: string; readonly label: string };
type Chosen = (value: string) => void;

const scores: readonly Choice[] = [
  { value: '0', label: 'Not asked' },
  { value: '1', label: '1: not among the first thousand guesses' },
  { value: '2', label: '2: not among the first million' },
  { value: '3', label: '3: not among the first hundred million' },
  { value: '4', label: '4: not among the first ten billion' },
];
const ages: readonly Choice[] = [
  { value: '', label: 'As old as it likes' },
  { value: '90', label: '90 days' },
  { value: '60', label: '60 days' },
  { value: '30', label: '30 days' },
];
const factors: readonly Choice[] = [
  { value: 'optional', label: 'Nobody; who wants one has one' },
  { value: 'required', label: 'Everybody in the account' },
];
