import { study as askForStudy, lookAtLink } from '@symbolon/client';
import type { LookAtLinkAnswer } from '@symbolon/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { Page } from '../ui/page.tsx';
import { LandingDoor } from './landing-door.tsx';
import { LandingTrouble, LandingWaiting } from './landing-notices.tsx';
import { endOfLink, troubleOf, troubleWithoutSecret } from './landing-trouble.ts';
import { SharedStudy } from './shared-study.tsx';
import { useLinkSecret } from './use-link-secret.ts';

/** A viewer that has fetched all images ahead asks for nothing more: this tells it that the link was revoked. */
const lookEveryMs = 10_000;

/** Where a link leads: somebody without an account sees who shares what until when, opens it, and looks. */
export function LandingPage() {
  const { linkId = '' } = useParams({ strict: false }) as { readonly linkId?: string };
  const taken = useLinkSecret(linkId);
  if (taken === undefined) return null;
  if (taken.broken) return <Notice trouble="broken address" />;
  if (taken.secret === null) return <WithoutSecret key={linkId} linkId={linkId} />;
  return <WithSecret key={`${linkId} ${taken.secret}`} linkId={linkId} secret={taken.secret} />;
}

function WithSecret({ linkId, secret }: { readonly linkId: string; readonly secret: string }) {
  const [opened, setOpened] = useState<LookAtLinkAnswer | null>(null);
  const arrival = useId();
  const look = useQuery({
    // One for each secret that this page is opened with, but not the secret itself: keys of queries are there to be read.
    queryKey: ['link', linkId, arrival],
    queryFn: () => lookAtLink(exchange, linkId, secret),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => opened !== null && state.error === null && lookEveryMs,
    gcTime: 0,
  });
  if (opened !== null)
    return <SharedStudy linkId={linkId} opened={opened} over={endOfLink(look.error)} onAgain={() => setOpened(null)} />;
  const error = look.error ?? look.failureReason;
  if (look.data !== undefined) {
    return <LandingDoor linkId={linkId} secret={secret} look={look.data} onOpened={setOpened} />;
  }
  return error === null ? (
    <Notice />
  ) : (
    <Notice trouble={troubleOf(error)} error={error} onRetry={() => void look.refetch()} />
  );
}

/** After a reload: the cookie of an earlier opening may still let this browser in. */
function WithoutSecret({ linkId }: { readonly linkId: string }) {
  const { data, error, failureReason, refetch } = useQuery({
    queryKey: ['shared study', linkId],
    queryFn: ({ signal }) => askForStudy(exchange, { linkId }, signal),
  });
  if (data !== undefined) return <SharedStudy linkId={linkId} opened={null} />;
  const failed = error ?? failureReason;
  return failed === null ? (
    <Notice />
  ) : (
    <Notice trouble={troubleWithoutSecret(failed)} error={failed} onRetry={() => void refetch()} />
  );
}

function Notice(props: Partial<Parameters<typeof LandingTrouble>[0]>) {
  const { trouble, ...rest } = props;
  return (
    <Page title="Shared study" width="narrow" hiddenTitle>
      {trouble === undefined ? <LandingWaiting /> : <LandingTrouble trouble={trouble} {...rest} />}
    </Page>
  );
}
