import { Alert } from '@mantine/core';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { PasskeyTrouble } from './passkey-words.ts';

/** What went wrong, whether the exchange said so or the browser. */
export function FactorProblem({ error }: { readonly error: unknown }) {
  if (error === null) return null;
  if (!(error instanceof PasskeyTrouble)) return <ProblemNotice error={error} />;
  return (
    <Alert color="yellow" role="alert" title="There was no passkey.">
      {error.message}
    </Alert>
  );
}
