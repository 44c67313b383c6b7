import { Button } from '@mantine/core';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** Where a page itself broke. What broke it is not shown: who knows what stands in its message. */
export function FailedPage({ error }: { readonly error: unknown }) {
  return (
    <main id="main">
      <Page title="This page ran into a problem" width="narrow">
        <ProblemNotice error={error} />
        <Button mt="md" onClick={() => location.reload()}>
          Reload the page
        </Button>
      </Page>
    </main>
  );
}
