import { Button } from '@mantine/core';
import { archivePath, study as askForStudy, ClientError, type StudyRoad } from '@symbolon/client';
import { type Erasure, pages, type StudyAnswer } from '@symbolon/contract';
import { IconArrowLeft, IconEraser, IconFileOff, IconFiles } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { mayDo, useMe } from '../app/session.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { formatCount } from '../ui/amounts.ts';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { type ImageInSeries, StudyView } from '../viewer/study-view.tsx';
import { imagesKey } from '../viewer/use-series-images.ts';
import { MoreActions } from './more-actions.tsx';
import classes from './study.module.css';
import { StudyHead } from './study-head.tsx';
import './study-styles.ts';
import { useDialogs } from './use-dialogs.ts';

const Timeline = lazy(async () => ({ default: (await import('../audit/timeline.tsx')).Timeline }));
const HoldBanner = lazy(async () => ({ default: (await import('../erasure/hold-banner.tsx')).HoldBanner }));
const HoldDialog = lazy(async () => ({ default: (await import('../erasure/hold-dialog.tsx')).HoldDialog }));
const EraseDialog = lazy(async () => ({ default: (await import('../erasure/erase-dialog.tsx')).EraseDialog }));
const ApprovalNotice = lazy(async () => ({
  default: (await import('../grants/approval-notice.tsx')).ApprovalNotice,
}));
const BeingErased = lazy(async () => ({ default: (await import('../erasure/being-erased.tsx')).BeingErased }));
const GrantsDialog = lazy(async () => ({ default: (await import('../grants/grants-dialog.tsx')).GrantsDialog }));
const ReasonNeeded = lazy(async () => ({ default: (await import('../openings/reason-needed.tsx')).ReasonNeeded }));
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
  const [erased, setErased] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['study', studyId],
    queryFn: ({ signal }) => askForStudy(exchange, road, signal),
    enabled: ended === undefined && !erased,
  });
  if (erased) {
    return (
      <Page title="Study" width="narrow" hiddenTitle>
        <ErasedStudy />
      </Page>
    );
  }
  const trouble = ended ?? error;
  const gone = trouble instanceof ClientError && (ended !== undefined || trouble.status === 404);
  if (trouble instanceof ClientError && trouble.problemCode === 'REASON_NEEDED') {
    return (
      <Page title="Study" width="narrow" hiddenTitle>
        <Suspense fallback={null}>
          <ReasonNeeded
            studyId={studyId}
            onOpened={() => {
              setEnded(undefined);
              void refetch();
            }}
          />
        </Suspense>
      </Page>
    );
  }
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
        onErased={() => {
          setErased(true);
          for (const first of ['study', 'worklist', imagesKey]) queries.removeQueries({ queryKey: [first] });
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

/** From the moment on that it was asked for, nobody finds it. */
function ErasedStudy() {
  return (
    <Empty icon={<IconEraser />} title="This study is erased">
      Nobody finds it any more. <Link to={pages.erasures}>How far it is, and its certificate</Link>
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
  /** All of it goes. */
  onErased(): void;
};

function ShownStudy({ study, road, onEnded, onErased }: ShownStudyProps) {
  const me = useMe();
  const queries = useQueryClient();
  const { open, loaded, show, close } = useDialogs();
  // Not a state: it changes with every image that is looked at.
  const image = useRef<ImageInSeries>(null);
  const [shown, setShown] = useState<ImageInSeries | null>(null);
  const [erasure, setErasure] = useState<Erasure>();
  const [version, setVersion] = useState(0);
  const begun = (asked: Erasure): void => {
    close();
    if (asked.studies > 0 || asked.kind === 'patient' || asked.kind === 'study') onErased();
    else setErasure(asked);
  };
  const outOfSight = async (): Promise<void> => {
    queries.removeQueries({ queryKey: [imagesKey] });
    await queries.invalidateQueries({ queryKey: ['study', study.id] });
    setErasure(undefined);
    setVersion(version + 1);
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
        more={
          <MoreActions
            mayGrant={study.may.grant}
            onGrants={(from) => show('grants', from)}
            onHold={(from) => show('hold', from)}
            onErase={(from) => {
              setShown(image.current);
              show('erase', from);
            }}
          />
        }
        onShare={() => show('share')}
        onAudit={(shown) => void navigate({ to: '.', search: shown ? { view: 'audit' } : {} })}
      />
      <Suspense fallback={null}>
        {mayDo(me, 'hold.view') && <HoldBanner studyId={study.id} />}
        {study.unapproved && <ApprovalNotice studyId={study.id} mayApprove={study.may.approve} />}
        {erasure !== undefined && <BeingErased begun={erasure} onOutOfSight={outOfSight} />}
      </Suspense>
      {study.keptAside > 0 && <KeptAside study={study} />}
      {audit && (
        <section className={classes.trail} aria-label="Audit trail">
          <Suspense fallback={<WaitingPage />}>
            <Timeline query={{ study: study.id }} />
          </Suspense>
        </section>
      )}
      <div hidden={audit}>
        <StudyView
          key={version}
          road={road}
          study={study}
          onEnded={onEnded}
          onImage={(one) => {
            image.current = one;
          }}
        />
      </div>
      <Suspense>
        {study.may.share && loaded.includes('share') && (
          <ShareDialog study={study} opened={open === 'share'} onClose={close} />
        )}
        {loaded.includes('grants') && <GrantsDialog study={study} opened={open === 'grants'} onClose={close} />}
        {loaded.includes('hold') && <HoldDialog studyId={study.id} opened={open === 'hold'} onClose={close} />}
        {loaded.includes('erase') && (
          <EraseDialog
            key={version}
            study={study}
            shown={shown}
            opened={open === 'erase'}
            onClose={close}
            onBegun={begun}
          />
        )}
      </Suspense>
    </>
  );
}
