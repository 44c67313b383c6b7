import { Button, Stack } from '@mantine/core';
import { acceptTerms, ClientError, terms } from '@symbolon/client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { sessionQuery } from '../app/session.ts';
import { WaitingPage } from '../app/waiting-page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { TermsText } from './terms-text.tsx';

/** The whole text, and that one accepts it. Who does not signs out. */
export function AcceptTermsStep() {
  const queries = useQueryClient();
  const reading = useQuery({ queryKey: ['terms'], queryFn: ({ signal }) => terms(exchange, undefined, signal) });
  const accepting = useMutation({
    mutationFn: (version: number) => acceptTerms(exchange, version),
    onSuccess: () => queries.invalidateQueries(sessionQuery),
    onError: (error) => {
      // Somebody set another version while this one was read.
      if (error instanceof ClientError && error.problemCode === 'TERMS_CHANGED') void reading.refetch();
    },
  });
  const { data, error, refetch } = reading;
  if (error !== null) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <WaitingPage />;
  return (
    <Stack gap="md">
      <TermsText text={data.text} label={`Terms of use, version ${data.version}`} />
      {accepting.isError && <ProblemNotice error={accepting.error} />}
      <div>
        <Button
          h={42}
          loading={accepting.isPending || (accepting.isSuccess && queries.isFetching(sessionQuery) > 0)}
          onClick={() => accepting.mutate(data.version)}
        >
          I accept
        </Button>
      </div>
    </Stack>
  );
}
