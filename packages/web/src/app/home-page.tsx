import { pages } from '@symbolon/contract';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { LeadTo } from './lead-to.tsx';
import { useSession } from './session.ts';
import { WaitingPage } from './waiting-page.tsx';

const nextOf = {
  unclaimed: pages.setup,
  'signed out': pages.signIn,
  unfinished: pages.signIn,
  'signed in': pages.worklist,
} as const;

export function HomePage() {
  const { data, error, refetch } = useSession();
  if (data !== undefined) return <LeadTo address={nextOf[data.state]} />;
  if (error === null) return <WaitingPage />;
  return (
    <main id="main">
      <ProblemNotice error={error} onRetry={() => void refetch()} />
    </main>
  );
}
