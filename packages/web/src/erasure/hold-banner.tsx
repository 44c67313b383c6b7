import { mayDo, useMe } from '../app/session.ts';
import { useHolds } from './erasure-queries.ts';
import { HeldNotice } from './held-notice.tsx';
import { ReleaseHold } from './release-hold.tsx';

/** Says on a study's page what holds it. Only whoever may see holds asks for them. */
export function HoldBanner({ studyId }: { readonly studyId: string }) {
  const me = useMe();
  const { data } = useHolds(studyId);
  const inForce = data?.pages.flatMap((page) => page.holds).filter(({ releasedAt }) => releasedAt === null) ?? [];
  return inForce.map((hold) => (
    <HeldNotice key={hold.id} hold={hold}>
      {mayDo(me, 'hold.release') && <ReleaseHold holdId={hold.id} />}
    </HeldNotice>
  ));
}
