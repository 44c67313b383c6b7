import { Alert, Button, Text } from '@mantine/core';
import type { CompactionAnswer } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { mayDo, useMe } from '../app/session.ts';
import { formatBytes, formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './storage.module.css';
import { useCompact, useCompaction } from './storage-queries.ts';
import { compressedText, costText, joinedText, waitingText } from './storage-words.ts';

/** How far what is held was joined and compressed. */
export function CompactionCard() {
  const { data, error, refetch } = useCompaction();
  return (
    <Card title="Does it take less room?">
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && <Compaction so={data} />}
    </Card>
  );
}

function Compaction({ so }: { readonly so: CompactionAnswer }) {
  const me = useMe();
  const compact = useCompact();
  const { byItself, compression, bytesPerSecond, failedAt, running } = so;
  const atWork = running && (so.due > 0 || so.toCompress > 0);
  const done = so.compressed + so.joined;
  return (
    <>
      <Text size="sm" className={classes.text}>
        Images that came one by one are put together{compression ? ', and pixel data is compressed without loss' : ''}:{' '}
        {byItself
          ? `when a series has been quiet for five minutes, at most ${formatBytes(bytesPerSecond)} a second`
          : 'when asked to'}
        . Everything is read back and compared with what was sent before it replaces anything.
      </Text>
      {failedAt !== null && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle aria-hidden />}>
          It could not go on {formatMoment(failedAt)}, and tries again. Nothing is lost: what it did not finish stays as
          it was. The log of the exchange says why.
        </Alert>
      )}
      <Facts>
        <Fact label="Waiting">{waitingText(so)}</Fact>
        {done === 0 && <Fact label="Done">nothing yet</Fact>}
        {so.joined > 0 && <Fact label="Put together">{joinedText(so)}</Fact>}
        {so.compressed > 0 && <Fact label="Compressed">{compressedText(so)}</Fact>}
        {so.kept > 0 && <Fact label="Costs for a day">{costText(so)}</Fact>}
      </Facts>
      {atWork && <progress className={classes.progress} aria-label="What is held is being packed anew" />}
      {compact.isError && <ProblemNotice error={compact.error} onRetry={() => compact.mutate()} />}
      {!atWork && mayDo(me, 'storage.rewrite') && (
        <div>
          <Button
            variant="default"
            className={classes.target}
            loading={compact.isPending}
            onClick={() => compact.mutate()}
          >
            Make room now
          </Button>
        </div>
      )}
    </>
  );
}
