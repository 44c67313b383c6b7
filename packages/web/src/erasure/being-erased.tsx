import { Loader, Text } from '@mantine/core';
import type { Erasure } from '@symbolon/contract';
import { useEffect, useEffectEvent } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './erasure.module.css';
import { useErasure } from './erasure-queries.ts';
import { stateText } from './erasure-words.ts';

type BeingErasedProps = { readonly begun: Erasure; readonly onOutOfSight: () => void };

/** Parts of a study that are being erased: says so until nobody finds them any more. */
export function BeingErased({ begun, onOutOfSight }: BeingErasedProps) {
  const { data = begun, error, refetch } = useErasure(begun);
  const gone = data.outOfSightAt !== null;
  const tell = useEffectEvent(onOutOfSight);
  useEffect(() => {
    if (gone) tell();
  }, [gone]);
  if (error !== null) return <ProblemNotice error={error} onRetry={() => refetch()} />;
  return (
    <div className={classes.held} role="status">
      <Loader size="xs" />
      <Text size="sm">Parts of this study are being erased. {stateText(data)}.</Text>
    </div>
  );
}
