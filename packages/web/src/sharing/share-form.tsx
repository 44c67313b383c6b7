import { ActionIcon, Alert, Button, SegmentedControl, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import type { LinkRequest } from '@symbolon/contract';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { type FormEvent, useId, useState } from 'react';
import { faultsOf, type LinkDraft, longestNote, noteOf, requestOf } from './link-draft.ts';
import { type ExpiryChoice, expiryChoices, expiryLabels, expiryOf, firstDay, lastDay } from './link-expiry.ts';
import { offerPassword } from './link-password.ts';
import { longMoment } from './moments.ts';
import classes from './sharing.module.css';

type ShareFormProps = {
  readonly draft: LinkDraft;
  readonly onChange: (draft: LinkDraft) => void;
  readonly onMake: (request: LinkRequest) => void;
  readonly making: boolean;
};

/** Until when, with which password, and what the reader may do. */
export function ShareForm({ draft, onChange, onMake, making }: ShareFormProps) {
  const [tried, setTried] = useState(false);
  const change = (changes: Partial<LinkDraft>) => onChange({ ...draft, ...changes });
  const faults = faultsOf(draft, new Date());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const request = requestOf(draft, new Date());
    if (request !== null && !making) onMake(request);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Expiry draft={draft} onChange={change} fault={tried ? faults.day : null} />
        <Password draft={draft} onChange={change} fault={tried || draft.password !== '' ? faults.password : null} />
        <Switch
          className={classes.switch ?? ''}
          label="The reader may download the files"
          description="The original DICOM files, as a zip. What was downloaded cannot be taken back by revoking the link."
          checked={draft.download}
          onChange={({ currentTarget }) => change({ download: currentTarget.checked })}
        />
        <Textarea
          label="Note for the reader"
          description={`Is shown ${draft.withPassword ? 'after the password' : 'with the study'}. ${draft.note.length} of ${longestNote} characters.`}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={longestNote}
          value={draft.note}
          onChange={({ currentTarget }) => change({ note: noteOf(currentTarget.value) })}
        />
        <Button type="submit" className={classes.target} loading={making}>
          Make the link
        </Button>
      </Stack>
    </form>
  );
}

type PartProps = {
  readonly draft: LinkDraft;
  readonly onChange: (changes: Partial<LinkDraft>) => void;
  readonly fault: string | null;
};

function Expiry({ draft, onChange, fault }: PartProps) {
  const labelId = useId();
  const now = new Date();
  const until = expiryOf(draft.expiry, draft.day, now);
  return (
    <div>
      <Text fw={500} size="sm" id={labelId} mb={4}>
        Open for
      </Text>
      <SegmentedControl
        fullWidth
        classNames={{ label: classes.choice ?? '' }}
        aria-labelledby={labelId}
        data={expiryChoices.map((value) => ({ value, label: expiryLabels[value] }))}
        value={draft.expiry}
        onChange={(value) => onChange({ expiry: value as ExpiryChoice })}
      />
      {draft.expiry === 'date' && (
        <TextInput
          mt="xs"
          type="date"
          label="Last day"
          min={firstDay(now)}
          max={lastDay(now)}
          value={draft.day}
          error={fault ?? (draft.day !== '' && until === null && 'Choose a day from today to a year from now.')}
          onChange={({ currentTarget }) => onChange({ day: currentTarget.value })}
        />
      )}
      {until !== null && (
        <Text size="sm" c="dimmed" mt={6}>
          Until {longMoment(until.toISOString())}
        </Text>
      )}
    </div>
  );
}

function Password({ draft, onChange, fault }: PartProps) {
  return (
    <Stack gap="xs">
      <Switch
        className={classes.switch ?? ''}
        label="Ask for a password"
        checked={draft.withPassword}
        onChange={({ currentTarget }) => onChange({ withPassword: currentTarget.checked })}
      />
      {draft.withPassword ? (
        <TextInput
          label="Password"
          description="Take this one or write your own. It is shown again beside the address."
          size="md"
          rightSectionWidth={46}
          classNames={{ input: classes.copied ?? '' }}
          value={draft.password}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          error={fault}
          onChange={({ currentTarget }) => onChange({ password: currentTarget.value })}
          rightSection={
            <ActionIcon
              size={40}
              variant="subtle"
              aria-label="Offer another password"
              title="Offer another password"
              onClick={() => onChange({ password: offerPassword() })}
            >
              <IconRefresh size={18} aria-hidden />
            </ActionIcon>
          }
        />
      ) : (
        <Alert
          color="yellow"
          classNames={{ title: classes.plain ?? '' }}
          icon={<IconAlertTriangle aria-hidden />}
          title="The address alone will open the study"
        >
          Whoever gets it can look at the images and read the patient’s name: by a forwarded mail, over a shoulder, or
          from a lost phone.
        </Alert>
      )}
    </Stack>
  );
}
