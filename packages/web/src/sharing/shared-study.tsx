import './styles.ts';
import { Alert, Button, Group, Text } from '@mantine/core';
import { archivePath, study as askForStudy } from '@symbolon/client';
import type { LookAtLinkAnswer, StudyAnswer } from '@symbolon/contract';
import { IconDownload, IconMessage } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { formatCount, formatDay } from '../ui/amounts.ts';
import { Page } from '../ui/page.tsx';
import classes from './landing.module.css';
import { LandingTrouble, LandingWaiting } from './landing-notices.tsx';
import { type Trouble, troubleWithoutSecret } from './landing-trouble.ts';
import { longMoment } from './moments.ts';
import { senderOf } from './sender.ts';
import { useActivity } from './use-activity.ts';

const StudyView = lazy(async () => ({ default: (await import('../viewer/study-view.tsx')).StudyView }));

type SharedStudyProps = {
  readonly linkId: string;
  /** What was said on opening; null after a reload, when only the cookie knows. */
  readonly opened: LookAtLinkAnswer | null;
  /** That the link ended, as far as was heard beside the images. */
  readonly over?: Trouble | null;
  /** Back to the door, where the secret is still known. */
  readonly onAgain?: () => void;
};

/** The study of a link that was opened, until the link ends. */
export function SharedStudy({ linkId, opened, over = null, onAgain }: SharedStudyProps) {
  const queries = useQueryClient();
  const [stopped, setStopped] = useState<Trouble | null>(null);
  const ended = stopped ?? over;
  const { data, error, failureReason, refetch } = useQuery({
    queryKey: ['shared study', linkId],
    queryFn: ({ signal }) => askForStudy(exchange, { linkId }, signal),
    enabled: ended === null,
  });
  // Images that were fetched ahead need no request: who goes on looking at them asks now and then whether they still may.
  useActivity(() => {
    if (ended === null && data !== undefined) void refetch();
  }, askWithinMs);
  const expiresAt = opened?.expiresAt;
  useEndOf(expiresAt, () => setStopped('expired'));
  useEffect(() => {
    if (ended !== null) queries.removeQueries({ queryKey: ['shared study', linkId] });
  }, [ended, queries, linkId]);

  const refusal = error ?? (data === undefined ? failureReason : null);
  const found = ended ?? (refusal === null ? null : troubleWithoutSecret(refusal));
  const trouble = found === 'no secret' && onAgain !== undefined ? 'visit over' : found;
  if (trouble !== null && (ended !== null || data === undefined || endsIt(trouble))) {
    return (
      <Page title="Shared study" width="narrow" hiddenTitle>
        <LandingTrouble
          trouble={trouble}
          error={refusal}
          onRetry={onAgain !== undefined && trouble === 'visit over' ? onAgain : () => void refetch()}
        />
      </Page>
    );
  }
  if (data === undefined) {
    return (
      <Page title="Shared study" width="narrow" hiddenTitle>
        <LandingWaiting />
      </Page>
    );
  }
  return (
    <Page title="Shared study" width="full" hiddenTitle>
      <Head study={data} linkId={linkId} opened={opened} />
      <Suspense fallback={<LandingWaiting />}>
        <StudyView road={{ linkId }} study={data} onEnded={(reason) => setStopped(troubleWithoutSecret(reason))} />
      </Suspense>
    </Page>
  );
}

const askWithinMs = 5000;

const endsIt = (trouble: Trouble): boolean => trouble !== 'out of reach' && trouble !== 'failed';

/** The longest that a timer of a browser can wait. */
const longestTimerMs = 2 ** 31 - 1;

function useEndOf(expiresAt: string | undefined, onEnd: () => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is done at the end does not change when it is
  useEffect(() => {
    if (expiresAt === undefined) return;
    const leftMs = Date.parse(expiresAt) - Date.now();
    if (leftMs > longestTimerMs) return;
    const timer = setTimeout(onEnd, Math.max(0, leftMs));
    return () => clearTimeout(timer);
  }, [expiresAt]);
}

type HeadProps = { readonly study: StudyAnswer; readonly linkId: string; readonly opened: LookAtLinkAnswer | null };

function Head({ study, linkId, opened }: HeadProps) {
  const { patient } = study;
  const facts = [
    study.date === null ? '' : formatDay(study.date),
    study.description,
    study.modalities.join(', '),
    formatCount(study.seriesCount, 'series', 'series'),
    formatCount(study.instanceCount, 'image'),
  ];
  const born = patient.birthDate === null ? '' : `, born ${formatDay(patient.birthDate)}`;
  return (
    <div className={classes.head}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className={classes.facts}>
          <h2 className={classes.name}>
            {patient.name === '' ? 'A study without a name' : patient.name}
            <Text span size="sm" c="dimmed">
              {born}
            </Text>
          </h2>
          <Text size="sm">{facts.filter((fact) => fact !== '').join(' · ')}</Text>
          {opened !== null && (
            <Text size="sm" c="dimmed">
              Shared by {senderOf(opened)}, open until {longMoment(opened.expiresAt)}
            </Text>
          )}
        </div>
        {study.may.download && (
          <Button
            component="a"
            href={archivePath({ linkId })}
            download
            variant="default"
            className={classes.target}
            leftSection={<IconDownload size={18} aria-hidden />}
          >
            Download
          </Button>
        )}
      </Group>
      {opened !== null && opened.note !== '' && (
        <Alert mt="xs" py="xs" icon={<IconMessage aria-hidden />} title={`From ${senderOf(opened)}`}>
          {opened.note}
        </Alert>
      )}
    </div>
  );
}
