import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty.module.css';

type EmptyProps = {
  readonly icon: ReactNode;
  readonly title: string;
  /** What to do about it. */
  readonly children?: ReactNode;
};

/** Where a list would be and there is nothing: says so, and what to do. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py={48} px="md">
      <div className={classes.icon} aria-hidden>
        {icon}
      </div>
      <Text fw={600} ta="center">
        {title}
      </Text>
      {children !== undefined && (
        <Text component="div" size="sm" c="dimmed" ta="center" maw="32rem" className={classes.advice}>
          {children}
        </Text>
      )}
    </Stack>
  );
}
