import './styles.ts';
import { Alert, Button, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { type EmergencyAnswer, pages, pathOf } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Dialog } from '../erasure/dialog.tsx';
import { formatMoment } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useOpenInEmergency } from './opening-queries.ts';
import {
  hoursText,
  type IdentifierKind,
  identifierKinds,
  identifierLabels,
  identifierOf,
  reasonFault,
  studyText,
} from './opening-words.ts';
import classes from './openings.module.css';
import { ReasonField } from './reason-field.tsx';

type EmergencyDialogProps = { readonly opened: boolean; readonly onClose: () => void };

/** Opens the studies of a patient beyond what one's role reaches. */
export function EmergencyDialog({ opened, onClose }: EmergencyDialogProps) {
  return (
    <Dialog title="Emergency access" opened={opened} onClose={onClose}>
      {opened && <EmergencyForm />}
    </Dialog>
  );
}

function EmergencyForm() {
  const opening = useOpenInEmergency();
  const [kind, setKind] = useState<IdentifierKind>('patientId');
  const [value, setValue] = useState('');
  const [issuer, setIssuer] = useState('');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const missing = value.trim() === '';
  if (opening.data !== undefined) return <Opened answer={opening.data} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing || reasonFault(reason) !== null || opening.isPending) return;
    opening.mutate({ reason, by: identifierOf(kind, value, issuer) });
  };
  const exact = { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false, maxLength: 64 } as const;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title="For emergencies">
          It opens for you what your role does not, for {hoursText('emergency')}. The administrators of your account are
          alerted, and review it: who, what and why.
        </Alert>
        <NativeSelect
          label="Find by"
          data={identifierKinds.map((one) => ({ value: one, label: identifierLabels[one] }))}
          value={kind}
          onChange={({ currentTarget }) => setKind(currentTarget.value as IdentifierKind)}
        />
        <TextInput
          {...exact}
          label={identifierLabels[kind]}
          description="Exactly, letter by letter."
          required
          value={value}
          error={tried && missing && 'Write the whole of it.'}
          onChange={({ currentTarget }) => setValue(currentTarget.value)}
        />
        {kind === 'patientId' && (
          <TextInput
            {...exact}
            label="Issuer of the patient ID"
            description="Where several sites gave out the same numbers; otherwise leave it empty."
            value={issuer}
            onChange={({ currentTarget }) => setIssuer(currentTarget.value)}
          />
        )}
        <ReasonField value={reason} tried={tried} onChange={setReason} />
        {opening.error !== null && <ProblemNotice error={opening.error} />}
        <Button type="submit" color="red.9" className={classes.target} loading={opening.isPending}>
          Open in an emergency
        </Button>
      </Stack>
    </form>
  );
}

function Opened({ answer: { studies, more } }: { readonly answer: EmergencyAnswer }) {
  return (
    <Stack gap="sm">
      <Text size="sm" role="status">
        {studies.length === 1 ? 'One study is open for you:' : `${studies.length} studies are open for you:`}
      </Text>
      <ul className={classes.list} aria-label="Studies that are open">
        {studies.map((study) => (
          <li key={study.id} className={classes.item}>
            <Link to={pathOf(pages.study, { studyId: study.id })}>{studyText(study)}</Link>
            <Text size="xs" c="dimmed">
              {study.expiresAt === null ? 'open to you anyway' : `until ${formatMoment(study.expiresAt)}`}
            </Text>
          </li>
        ))}
      </ul>
      {more && <Text size="sm">There are more: ask by the accession number or the UID of the study.</Text>}
    </Stack>
  );
}
