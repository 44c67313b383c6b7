import { Anchor, Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { AuditRecord } from '@symbolon/contract';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { formatDay, formatMoment } from '../ui/amounts.ts';
import { timeOf } from './days.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import { RecordDetail } from './record-detail.tsx';
import { proofLabels, whoText, wordsOf } from './record-words.ts';
import classes from './timeline.module.css';

type RecordRowProps = { readonly record: AuditRecord; readonly withStudy: boolean };

/** One record: when, how it ended, what happened, who did it and from where; its detail on demand. */
export function RecordRow({ record, withStudy }: RecordRowProps) {
  const [opened, { toggle }] = useDisclosure(false);
  const detailId = useId();
  const hasDetail = record.detail !== null && record.detail !== undefined;
  return (
    <li className={classes.record}>
      <Text component="time" dateTime={record.at} title={formatMoment(record.at)} size="sm" className={classes.time}>
        {timeOf(record.at)}
      </Text>
      <div className={classes.mark}>
        <OutcomeMark outcome={record.outcome} />
      </div>
      <div className={classes.words}>
        <Text fw={500}>{wordsOf(record)}</Text>
        <Text size="sm" c="dimmed" component="div">
          <Who record={record} />
          {record.by !== null && record.who.kind === 'person' && `, ${proofLabels[record.by]}`}
          {record.address !== '' && `, from ${record.address}`}
        </Text>
        {withStudy && record.study !== null && <OfStudy study={record.study} />}
      </div>
      {hasDetail && (
        <Button
          className={classes.more}
          variant="subtle"
          size="compact-sm"
          onClick={toggle}
          aria-expanded={opened}
          aria-controls={detailId}
          rightSection={opened ? <IconChevronUp size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />}
        >
          Details
        </Button>
      )}
      {hasDetail && (
        <div id={detailId} className={classes.detail} hidden={!opened}>
          {opened && <RecordDetail detail={record.detail} />}
        </div>
      )}
    </li>
  );
}

/** Who did it, leading to everything that they did. */
function Who({ record }: { readonly record: AuditRecord }) {
  const { who } = record;
  const text = whoText(record);
  const { userId, linkId } = who;
  if (who.kind === 'person' && userId !== null) {
    return (
      <Anchor underline="always" renderRoot={(props) => <Link {...props} to="/audit" search={{ user: userId }} />}>
        {text}
      </Anchor>
    );
  }
  if (linkId !== null) {
    return (
      <Anchor underline="always" renderRoot={(props) => <Link {...props} to="/audit" search={{ link: linkId }} />}>
        {text}
      </Anchor>
    );
  }
  return text;
}

function OfStudy({ study }: { readonly study: NonNullable<AuditRecord['study']> }) {
  const { id, patientName, date } = study;
  const name = patientName === '' ? 'A study without a name' : patientName;
  return (
    <Text size="sm" c="dimmed" component="div">
      <Anchor
        underline="always"
        renderRoot={(props) => <Link {...props} to="/studies/$studyId" params={{ studyId: id }} />}
      >
        {name}
        {date !== null && `, ${formatDay(date)}`}
      </Anchor>
      {' · '}
      <Anchor underline="always" renderRoot={(props) => <Link {...props} to="/audit" search={{ study: id }} />}>
        its timeline
      </Anchor>
    </Text>
  );
}
