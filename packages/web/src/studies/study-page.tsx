import { Button } from '@mantine/core';
import { archivePath, study as askForStudy, ClientError, type StudyRoad } from '@symbolon/client';
import { pages, type StudyAnswer } from '@symbolon/contract';
import { IconArrowLeft, IconFileOff, IconFiles } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { formatCount } from '../ui/amounts.ts';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { StudyView } from '../viewer/study-view.tsx';
import classes from './study.module.css';
import { StudyHead } from './study-head.tsx';
import './study-styles.ts';

const Timeline = lazy(async () => ({ default: (await import('../audit/timeline.tsx')).Timeline }));
const ShareDialog = lazy(async () => ({ default: (await import('../sharing/share-dialog.tsx')).ShareDialog }));

export function StudyPage() {
  const { studyId = '' } = useParams({ strict: false }) as { studyId?: string };
  // Another study is another page: nothing of the one before may stay.
  return <OneStudy key={studyId} studyId={studyId} />;
}

function OneStudy({ studyId }: { readonly studyId: string }) {
  const queries = useQueryClient();
  const road = useMemo<StudyRoad>(() => ({ studyId }), [studyId]);
  const [ended, setEnded] = useState<ClientError>();
  const { data, error, refetch } = useQuery({
    queryKey: ['study', studyId],
    queryFn: ({ signal }) => askForStudy(exchange, road, signal),
    enabled: ended === undefined,
  });
  const trouble = ended ?? error;
  const gone = trouble instanceof ClientError && (ended !== undefined || trouble.status === 404);
  if (trouble !== null && (gone || data === undefined)) {
    return (
      <Page title="Study" width="narrow" hiddenTitle>
        {trouble instanceof ClientError && trouble.status === 404 ? (
          <NoSuchStudy />
        ) : (
          <ProblemNotice
            error={trouble}
            onRetry={() => {
              setEnded(undefined);
              void refetch();
            }}
          />
        )}
      </Page>
    );
  }
  if (data === undefined) return <WaitingPage />;
  return (
    <Page title="Study" width="full" hiddenTitle>
      <ShownStudy
        study={data}
        road={road}
        onEnded={(reason) => {
          queries.removeQueries({ queryKey: ['study', studyId] });
          setEnded(reason);
        }}
      />
    </Page>
  );
}

function NoSuchStudy() {
  return (
    <Empty icon={<IconFileOff />} title="There is no such study, or you may not see it">
      <Button
        component={Link}
        to={pages.worklist}
        variant="default"
        leftSection={<IconArrowLeft size={18} aria-hidden />}
      >
        To the studies
      </Button>
    </Empty>
  );
}

/** Only whoever may look at it hears of it. */
function KeptAside({ study }: { readonly study: StudyAnswer }) {
  return (
    <div className={classes.keptAside} role="note">
      <IconFiles size={18} aria-hidden />
      <span>
        {formatCount(study.keptAside, 'image')} of this study {study.keptAside === 1 ? 'was' : 'were'} kept aside: other
        content came under the same {study.keptAside === 1 ? 'number' : 'numbers'}.{' '}
        <Link to={conflictPage} params={{ studyId: study.id }}>
          Look at {study.keptAside === 1 ? 'it' : 'them'}
        </Link>
      </span>
    </div>
  );
}

const conflictPage = pages.conflict.replaceAll(':', '$');

type ShownStudyProps = {
  readonly study: StudyAnswer;
  readonly road: StudyRoad;
  onEnded(reason: ClientError): void;
};

function ShownStudy({ study, road, onEnded }: ShownStudyProps) {
  const [sharing, setSharing] = useState<'not yet' | 'now' | 'before'>('not yet');
  const opener = useRef<Element>(null);
  useEffect(() => {
    // A dialog that comes open into the page does not know where the focus was before it.
    if (sharing === 'before' && opener.current instanceof HTMLElement) opener.current.focus();
  }, [sharing]);
  const share = (): void => {
    opener.current = document.activeElement;
    setSharing('now');
  };
  // It stands in the address so that Back leads from the trail to the images; it says nothing of anybody.
  const { view } = useSearch({ strict: false }) as { view?: string };
  const audit = view === 'audit' && study.may.audit;
  const navigate = useNavigate();
  return (
    <>
      <StudyHead
        study={study}
        archive={archivePath(road)}
        audit={audit}
        onShare={share}
        onAudit={(shown) => void navigate({ to: '.', search: shown ? { view: 'audit' } : {} })}
      />
      {study.keptAside > 0 && <KeptAside study={study} />}
      {audit && (
        <section className={classes.trail} aria-label="Audit trail">
          <Suspense fallback={<WaitingPage />}>
            <Timeline query={{ study: study.id }} />
          </Suspense>
        </section>
      )}
      <div hidden={audit}>
        <StudyView road={road} study={study} onEnded={onEnded} />
      </div>
      {study.may.share && sharing !== 'not yet' && (
        <Suspense>
          <ShareDialog study={study} opened={sharing === 'now'} onClose={() => setSharing('before')} />
        </Suspense>
      )}
    </>
  );
}
