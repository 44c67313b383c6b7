import './styles.ts';
import { Stack } from '@mantine/core';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { TermsText } from '../sign-in/terms-text.tsx';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { AcceptancesCard } from './acceptances-card.tsx';
import { TermsForm } from './terms-form.tsx';
import { useTerms } from './terms-queries.ts';
import { VersionsCard } from './versions-card.tsx';

/** The terms of use of the account: what holds, what held before, and who accepted which version when. */
export function TermsPage() {
  return (
    <AdministratorsPage
      title="Terms of use"
      needs="terms.view"
      forWhom="Who accepted the terms of use is for administrators"
    >
      <Terms />
    </AdministratorsPage>
  );
}

function Terms() {
  const me = useMe();
  const { data, error, isPending, refetch } = useTerms();
  if (isPending) return <WaitingCards what="Loading the terms of use" count={3} />;
  return (
    <Stack gap="md">
      {error !== null && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data !== undefined &&
        (mayDo(me, 'terms.set') ? (
          <TermsForm key={data.version} terms={data} />
        ) : (
          <Card title="What holds">
            {data.text === '' ? (
              <p>Nobody has to accept anything.</p>
            ) : (
              <TermsText text={data.text} label="Terms of use" />
            )}
          </Card>
        ))}
      <VersionsCard />
      <AcceptancesCard />
    </Stack>
  );
}
