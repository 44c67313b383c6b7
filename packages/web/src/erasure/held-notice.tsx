import { Text } from '@mantine/core';
import type { Hold } from '@symbolon/contract';
import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatMoment } from '../ui/amounts.ts';
import classes from './erasure.module.css';
import { holdText } from './erasure-words.ts';

/** One hold: what it holds, why, by whom and since when. */
export function HeldNotice({ hold, children }: { readonly hold: Hold; readonly children?: ReactNode }) {
  return (
    <div className={classes.held} role="note">
      <IconLock size={18} aria-hidden />
      <div className={classes.grow}>
        <Text fw={600} size="sm">
          {holdText(hold)}: nothing of it can be erased
        </Text>
        <Text size="sm">{hold.reason}</Text>
        <Text size="xs">
          {hold.placedBy}, since {formatMoment(hold.placedAt)}
        </Text>
        {children}
      </div>
    </div>
  );
}
