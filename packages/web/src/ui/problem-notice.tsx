import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useProblemWords } from './use-problem-words.ts';

type ProblemNoticeProps = {
  readonly error: unknown;
  /** Offers "Try again". */
  readonly onRetry?: (() => void) | undefined;
};

/** Says what happened and what to do. Screen readers hear it when it appears. */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  const words = useProblemWords(error);
  if (words === undefined) return null;
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle aria-hidden />} title={words.happened}>
      <Text size="sm">{words.advice}</Text>
      {onRetry !== undefined && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
