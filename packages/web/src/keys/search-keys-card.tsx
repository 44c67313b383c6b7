import { Button, Group, Skeleton, Text } from '@mantine/core';
import type { ReindexAnswer } from '@symbolon/contract';
import { useId, useState } from 'react';
import { mayDo, useMe } from '../app/session.ts';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useReindex, useReindexNow } from './key-queries.ts';
import { reindexStepText } from './key-words.ts';
import classes from './keys.module.css';
import { Question } from './question.tsx';

/** What studies are found by, and having all of it made anew under new keys. */
export function SearchKeysCard() {
  const me = useMe();
  const { data, error, refetch } = useReindex();
  return (
    <Card title="Search tokens">
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {error === null && data === undefined && <Skeleton height={72} radius="sm" />}
      {data !== undefined && <SearchKeys reindex={data} may={mayDo(me, 'key.rotate')} />}
    </Card>
  );
}

function SearchKeys({ reindex, may }: { readonly reindex: ReindexAnswer; readonly may: boolean }) {
  const { phase, generation, begunAt, damaged } = reindex;
  return (
    <>
      <Facts>
        <Fact label="Generation of keys">{formatCount(generation)}</Fact>
        <Fact label="Last made anew">{begunAt === null ? 'never' : `begun ${formatMoment(begunAt)}`}</Fact>
        {damaged > 0 && <Fact label="Did not open">{formatCount(damaged, 'study', 'studies')}: see Storage</Fact>}
      </Facts>
      <Text size="sm" className={classes.text}>
        Names, numbers and dates are sealed. Studies are found by tokens that are made of them under keys of the
        account, so the database knows none of them. New keys and new tokens help where such a key may have been seen,
        and where searches miss what is there.
      </Text>
      {phase === 'whole' ? <MakeAnew may={may} of={reindex.of} /> : <UnderWay reindex={reindex} />}
    </>
  );
}

/** Begins it, after asking once more, in place. */
function MakeAnew({ may, of }: { readonly may: boolean; readonly of: number }) {
  const [asking, setAsking] = useState(false);
  if (asking) return <MakeAnewQuestion of={of} onDone={() => setAsking(false)} />;
  if (!may) return null;
  return (
    <Group>
      <Button className={classes.target} variant="default" onClick={() => setAsking(true)}>
        Make all search tokens anew now
      </Button>
    </Group>
  );
}

function MakeAnewQuestion({ of, onDone }: { readonly of: number; readonly onDone: () => void }) {
  const { error, isPending, mutate } = useReindexNow();
  return (
    <Question
      asks={`Make the search tokens of ${formatCount(of, 'study', 'studies')} anew now?`}
      yes="Make them anew"
      error={error}
      isPending={isPending}
      onYes={() => mutate(undefined, { onSuccess: onDone })}
      onBack={onDone}
    >
      The account gets new keys for its search, and every study new tokens under them. Everybody goes on working, and
      everything is found as before. The old ones stay ten minutes longer for searches that are under way; then they are
      removed. Once begun it cannot be stopped; if the exchange is restarted meanwhile, it goes on.
    </Question>
  );
}

function UnderWay({ reindex }: { readonly reindex: ReindexAnswer }) {
  const { phase, done, of } = reindex;
  const id = useId();
  return (
    <div role="status">
      <Text size="sm" fw={600} id={id}>
        Search tokens are being made anew
      </Text>
      {phase !== 'resting' && (
        <progress className={classes.progress} aria-labelledby={id} value={Math.min(done, of)} max={Math.max(of, 1)} />
      )}
      <Text size="sm" c="dimmed">
        {reindexStepText(reindex)}
      </Text>
    </div>
  );
}
