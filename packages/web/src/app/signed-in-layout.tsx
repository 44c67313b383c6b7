import { type MeAnswer, pages } from '@symbolon/contract';
import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Questions } from '../sign-in/questions.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Header } from './header.tsx';
import classes from './layout.module.css';
import { LeadTo } from './lead-to.tsx';
import { MeContext, mayDo, useSession } from './session.ts';
import { SkipLink } from './skip-link.tsx';
import { WaitingPage } from './waiting-page.tsx';

/** Only an administrator's browser loads it. */
const Warnings = lazy(async () => ({ default: (await import('./warnings.tsx')).Warnings }));

const IdentitiesBanner = lazy(async () => ({
  default: (await import('../sign-in/identities-banner.tsx')).IdentitiesBanner,
}));

/** What there are warnings about, for who may see to it. */
const warnings = ['key.view', 'backup.view', 'emergency.review'] as const;

/** Loaded after the page; until then the exchange alone locks. */
const LockKeeper = lazy(async () => ({ default: (await import('../sign-in/lock-keeper.tsx')).LockKeeper }));

/** How long a page waits for the warnings that stand above it. */
const patienceMs = 2_000;

/** Around every page that needs a sign-in; who is not signed in is led there, and comes back to where they were. */
export function SignedInLayout() {
  const { data, error, refetch } = useSession();
  const { pathname, searchStr } = useLocation();
  const leaving = useRef(false);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  const warned = data?.me != null && warnings.some((action) => mayDo(data.me as MeAnswer, action));
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (!warned || ready) return;
    const late = setTimeout(() => setReady(true), patienceMs);
    return () => clearTimeout(late);
  }, [warned, ready]);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    // A new page is read from its beginning, unless it has put the focus somewhere itself.
    if (!main.current?.contains(document.activeElement)) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  if (data === undefined) {
    if (error === null) return <WaitingPage />;
    return (
      <main id="main" className={classes.main}>
        <ProblemNotice error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  if (data.state === 'unclaimed') return <LeadTo address={pages.setup} />;
  if (data.me === null) {
    const next = leaving.current ? '' : `?${new URLSearchParams({ next: pathname + searchStr })}`;
    return <LeadTo address={pages.signIn + next} />;
  }
  return (
    <MeContext value={data.me}>
      <SkipLink />
      <Header onLeaving={() => (leaving.current = true)} />
      {data.identities !== undefined && (
        <Suspense fallback={null}>
          <IdentitiesBanner {...data.identities} />
        </Suspense>
      )}
      {warned && (
        <Suspense fallback={null}>
          <Warnings ready={ready} onReady={() => setReady(true)} />
        </Suspense>
      )}
      <main id="main" ref={main} tabIndex={-1} className={classes.main} data-waiting={warned && !ready}>
        <Outlet />
      </main>
      <Questions />
      <Suspense fallback={null}>
        <LockKeeper />
      </Suspense>
    </MeContext>
  );
}
