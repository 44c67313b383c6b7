import { Button, Group, Text } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './administration.module.css';

type ConfirmProps = {
  readonly title: string;
  /** What will happen, in sentences. */
  readonly children: ReactNode;
  readonly yes: string;
  readonly no: string;
  /** Whether it takes something away. */
  readonly grave?: boolean;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onYes: () => void;
  readonly onNo: () => void;
};

/** Asks once more, in place: a dialog on top of a dialog loses people on a phone. */
export function Confirm({ title, children, yes, no, grave = false, pending, error, onYes, onNo }: ConfirmProps) {
  const headingId = useId();
  return (
    <div className={classes.confirm} data-grave={grave} role="alertdialog" aria-labelledby={headingId}>
      <Text fw={600} id={headingId}>
        {title}
      </Text>
      <Text component="div" size="sm" mt={4}>
        {children}
      </Text>
      {error !== null && <ProblemNotice error={error} />}
      <Group mt="sm" gap="xs">
        <Button
          className={classes.target}
          {...(grave ? { color: 'red.9' } : {})}
          size="xs"
          loading={pending}
          onClick={onYes}
        >
          {yes}
        </Button>
        <Button className={classes.target} variant="default" size="xs" onClick={onNo} autoFocus>
          {no}
        </Button>
      </Group>
    </div>
  );
}
