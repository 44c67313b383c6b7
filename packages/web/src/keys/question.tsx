import { Button, Group, Text } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './keys.module.css';

type QuestionProps = {
  readonly asks: string;
  /** What will come of it. */
  readonly children: ReactNode;
  readonly yes: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onYes: () => void;
  readonly onBack: () => void;
};

/** Asks once more, in place, before something is begun for all of an account. */
export function Question({ asks, children, yes, error, isPending, onYes, onBack }: QuestionProps) {
  const headingId = useId();
  return (
    <div
      className={classes.confirm}
      role="alertdialog"
      aria-labelledby={headingId}
      onKeyDown={({ key }) => key === 'Escape' && onBack()}
    >
      <Text fw={600} id={headingId}>
        {asks}
      </Text>
      <Text size="sm" mt={4}>
        {children}
      </Text>
      {error !== null && <ProblemNotice error={error} />}
      <Group mt="sm" gap="xs">
        <Button className={classes.target} size="xs" loading={isPending} onClick={onYes}>
          {yes}
        </Button>
        <Button className={classes.target} variant="default" size="xs" onClick={onBack} autoFocus>
          Back
        </Button>
      </Group>
    </div>
  );
}
