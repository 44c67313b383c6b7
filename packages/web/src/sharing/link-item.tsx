import { Anchor, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { LinkRow } from '@symbolon/contract';
import { IconChevronDown, IconChevronUp, IconCircleCheck, IconCircleX, IconClockX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { formatDay } from '../ui/amounts.ts';
import { LinkFacts } from './link-facts.tsx';
import { stateAt, stateLabels } from './link-words.ts';
import { Revoke } from './revoke.tsx';
import classes from './sharing.module.css';
import { UsesList } from './uses-list.tsx';

const stateIcons = { open: IconCircleCheck, expired: IconClockX, revoked: IconCircleX } as const;

type LinkItemProps = { readonly link: LinkRow; readonly now: number; readonly withStudy: boolean };

/** One link with everything that its owner wants to know of it. */
export function LinkItem({ link, now, withStudy }: LinkItemProps) {
  const [asking, { open: ask, close: stopAsking }] = useDisclosure(false);
  const [showingUses, { toggle: toggleUses }] = useDisclosure(false);
  const usesId = useId();
  const state = stateAt(link, now);
  const Icon = stateIcons[state];
  return (
    <li className={classes.link} data-closed={state !== 'open'}>
      <Group justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
        <div className={classes.grow}>{withStudy ? <StudyOfLink study={link.study} /> : <Note note={link.note} />}</div>
        <span className={classes.state} data-state={state}>
          <Icon size={16} aria-hidden />
          {stateLabels[state]}
        </span>
      </Group>
      {withStudy && link.note !== '' && <Note note={link.note} />}
      <LinkFacts link={link} state={state} now={now} />
      <Group gap="xs" mt="sm">
        <Button
          className={classes.target}
          variant="default"
          size="xs"
          onClick={toggleUses}
          aria-expanded={showingUses}
          aria-controls={usesId}
          rightSection={
            showingUses ? <IconChevronUp size={16} aria-hidden /> : <IconChevronDown size={16} aria-hidden />
          }
        >
          Uses
        </Button>
        {state === 'open' && !asking && (
          <Button className={classes.target} variant="light" color="red" size="xs" onClick={ask}>
            Revoke
          </Button>
        )}
      </Group>
      {asking && state === 'open' && <Revoke linkId={link.id} onDone={stopAsking} />}
      <div id={usesId}>{showingUses && <UsesList linkId={link.id} />}</div>
    </li>
  );
}

function StudyOfLink({ study }: { readonly study: LinkRow['study'] }) {
  const facts = [study.date === null ? '' : formatDay(study.date), study.description].filter((fact) => fact !== '');
  return (
    <>
      <Anchor
        fw={600}
        renderRoot={(props) => <Link {...props} to="/studies/$studyId" params={{ studyId: study.id }} />}
      >
        {study.patientName === '' ? 'A study without a name' : study.patientName}
      </Anchor>
      <Text size="sm" c="dimmed">
        {facts.join(' · ')}
      </Text>
    </>
  );
}

function Note({ note }: { readonly note: string }) {
  if (note === '') return <Text fw={600}>Link</Text>;
  return <Text size="sm">“{note}”</Text>;
}
