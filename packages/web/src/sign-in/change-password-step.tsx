import { Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../app/session.ts';
import { ChangePasswordForm } from '../security/change-password-form.tsx';
import { useOwnPassword } from '../security/security-queries.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** A new password, before anything else opens. */
export function ChangePasswordStep() {
  const queries = useQueryClient();
  const { data, error, refetch } = useOwnPassword();
  if (error !== null) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loader size="sm" role="status" aria-label="Loading the rules for passwords" />;
  return (
    <ChangePasswordForm
      email={data.email}
      rules={data.rules}
      onChanged={() => void queries.invalidateQueries(sessionQuery)}
    />
  );
}
