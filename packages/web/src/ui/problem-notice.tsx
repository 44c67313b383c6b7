import { Alert, Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { wordsOf } from './problem-words.ts';

type ProblemNoticeProps = {
  readonly error: unknown;
  /** Offers "Try again". */
  readonly onRetry?: (() => void) | undefined;
};

/** Says what happened and what to do. Screen readers hear it when it appears. */
export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  const { happened, advice } = wordsOf(error);
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle aria-hidden />} title={happened}>
      <Text size="sm">{advice}</Text>
      {onRetry !== undefined && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
