import { Button, Text } from '@mantine/core';
import { certificatePath } from '@symbolon/client';
import type { Erasure } from '@symbolon/contract';
import { IconCertificate } from '@tabler/icons-react';
import { formatMoment } from '../ui/amounts.ts';
import classes from './erasure.module.css';
import { amountsText, finalText, groundLabels, kindText, shareDone, stateText } from './erasure-words.ts';

type ErasureItemProps = { readonly erasure: Erasure; readonly now: number };

/** One erasure: what, why, by whom, how far, and its certificate once there is one. */
export function ErasureItem({ erasure, now }: ErasureItemProps) {
  const { id, state, ground, askedBy, askedAt, finalAt } = erasure;
  const final = finalText(finalAt, now);
  return (
    <li className={classes.item}>
      <Text fw={600}>
        {kindText(erasure)}: {amountsText(erasure)}
      </Text>
      <Text size="sm" c="dimmed">
        {formatMoment(askedAt)}
        {askedBy !== null && `, ${askedBy}`} · {groundLabels[ground]}
      </Text>
      <Text size="sm" role="status">
        {stateText(erasure)}.
      </Text>
      {state !== 'certified' && (
        <progress className={classes.progress} aria-label="How far it is" value={shareDone(erasure)} max={1} />
      )}
      {final !== null && <Text size="sm">{final}</Text>}
      {state === 'certified' && (
        <Button
          component="a"
          href={certificatePath(id)}
          download={`erasure-${id}.json`}
          className={classes.target}
          variant="default"
          size="xs"
          mt="xs"
          leftSection={<IconCertificate size={16} aria-hidden />}
        >
          Certificate
        </Button>
      )}
    </li>
  );
}
