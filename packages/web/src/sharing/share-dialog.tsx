import './styles.ts';
import { Divider, Loader, Modal, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { LinkRequest, StudyAnswer } from '@symbolon/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { formatCount, formatDay } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { type LinkDraft, newDraft } from './link-draft.ts';
import { LinkItem } from './link-item.tsx';
import { useLinks, useMakeLink } from './link-queries.ts';
import { ShareForm } from './share-form.tsx';
import { type MadeLink, ShareResult } from './share-result.tsx';
import classes from './sharing.module.css';
import { useNow } from './use-now.ts';

type ShareDialogProps = { readonly study: StudyAnswer; readonly opened: boolean; readonly onClose: () => void };

/** Makes a link to one study, and shows the ones that there are. */
export function ShareDialog({ study, opened, onClose }: ShareDialogProps) {
  const isPhone = useMediaQuery('(max-width: 48em)') ?? false;
  const [draft, setDraft] = useDraft(study.id);
  const [made, setMade] = useState<MadeLink | null>(null);
  // What may still be lost: an address that is shown once and was not copied.
  const [leaving, setLeaving] = useState<'nothing lost' | 'not copied' | 'warned'>('nothing lost');
  const making = useMakeLink(study.id);

  const make = (request: LinkRequest) =>
    making.mutate(request, {
      onSuccess: ({ address, link }) => {
        setMade({ address, password: request.password ?? null, expiresAt: link.expiresAt });
        setLeaving('not copied');
        making.reset();
      },
    });
  const startAnew = () => {
    setMade(null);
    setLeaving('nothing lost');
    setDraft(newDraft());
  };
  const unlessLost = (go: () => void) => () => {
    if (leaving === 'not copied') return setLeaving('warned');
    if (made !== null) startAnew();
    go();
  };
  return (
    <Modal
      opened={opened}
      onClose={unlessLost(onClose)}
      title="Share by a link"
      size="lg"
      fullScreen={isPhone}
      classNames={{ title: classes.dialogTitle ?? '', close: classes.close ?? '' }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="lg">
        {made === null ? (
          <>
            <WhatItOpens study={study} />
            {making.error !== null && <ProblemNotice error={making.error} />}
            <ShareForm draft={draft} onChange={setDraft} onMake={make} making={making.isPending} />
          </>
        ) : (
          <ShareResult
            made={made}
            warned={leaving === 'warned'}
            onCopied={() => setLeaving('nothing lost')}
            onDone={unlessLost(onClose)}
            onAnother={unlessLost(startAnew)}
          />
        )}
        {opened && <LinksOfStudy studyId={study.id} />}
      </Stack>
    </Modal>
  );
}

/** What was filled in stays while the dialog is closed, and goes with everything else when somebody signs out. */
function useDraft(studyId: string): readonly [LinkDraft, (draft: LinkDraft) => void] {
  const queries = useQueryClient();
  const key = ['link draft', studyId];
  const [draft, setDraft] = useState(() => queries.getQueryData<LinkDraft>(key) ?? newDraft());
  const keep = (next: LinkDraft) => {
    queries.setQueryData(key, next);
    setDraft(next);
  };
  return [draft, keep];
}

function WhatItOpens({ study }: { readonly study: StudyAnswer }) {
  const { patient, description, date, seriesCount, instanceCount } = study;
  const facts = [date === null ? '' : formatDay(date), description].filter((fact) => fact !== '');
  return (
    <div className={classes.opens}>
      <Text size="sm">The link opens this study and nothing else:</Text>
      <Text fw={600}>{patient.name === '' ? 'A study without a name' : patient.name}</Text>
      <Text size="sm">{facts.join(' · ')}</Text>
      <Text size="sm">
        {formatCount(seriesCount, 'series', 'series')}, {formatCount(instanceCount, 'image')}
      </Text>
    </div>
  );
}

function LinksOfStudy({ studyId }: { readonly studyId: string }) {
  const { data, error, isPending, refetch } = useLinks(studyId);
  const now = useNow();
  return (
    <section aria-label="Links to this study">
      <Divider mb="md" label="Links to this study" labelPosition="left" />
      {isPending && <Loader size="sm" role="status" aria-label="Loading the links" />}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          There are none yet.
        </Text>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className={classes.list}>
          {data.map((link) => (
            <LinkItem key={link.id} link={link} now={now} withStudy={false} />
          ))}
        </ul>
      )}
    </section>
  );
}
