import { Alert, Button, Text } from '@mantine/core';
import type { ScrubAnswer } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { mayDo, useMe } from '../app/session.ts';
import { formatBytes, formatCount } from '../ui/amounts.ts';
import { Card, Fact, Facts } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Findings } from './findings.tsx';
import classes from './storage.module.css';
import { useBeginScrub, useScrub } from './storage-queries.ts';
import { roundText, shareDone } from './storage-words.ts';

/** Whether everything that is held is still what was sent. */
export function ScrubCard() {
  const { data, error, refetch } = useScrub();
  return (
    <Card title="Is it still what was sent?">
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && <Rounds scrub={data} />}
    </Card>
  );
}

function Rounds({ scrub }: { readonly scrub: ScrubAnswer }) {
  const me = useMe();
  const begin = useBeginScrub();
  const { running, last, damaged, everyDays, bytesPerSecond } = scrub;
  return (
    <>
      <Text size="sm" className={classes.text}>
        The exchange reads everything that it holds again and compares it with what was sent:{' '}
        {everyDays === null ? 'when asked to' : `every ${formatCount(everyDays, 'day')}`}, at most{' '}
        {formatBytes(bytesPerSecond)} a second. It repairs and removes nothing.
      </Text>
      {damaged > 0 && (
        <Alert
          color="red"
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={`${formatCount(damaged, 'pack')} damaged`}
        >
          Bring the stores back from a backup, and see to the disk under them. What is not listed here is whole.
        </Alert>
      )}
      <Facts>
        <Fact label="Last round">{last === null ? 'none yet' : roundText(last)}</Fact>
        {running !== null && <Fact label="Under way">{roundText(running)}</Fact>}
      </Facts>
      {running !== null && (
        <progress
          className={classes.progress}
          aria-label="Everything is being read again"
          value={shareDone(running, scrub.all.bytes)}
          max={1}
        />
      )}
      {damaged > 0 && <Findings damaged={damaged} />}
      {begin.isError && <ProblemNotice error={begin.error} onRetry={() => begin.mutate()} />}
      {running === null && mayDo(me, 'storage.scrub') && (
        <div>
          <Button variant="default" className={classes.target} loading={begin.isPending} onClick={() => begin.mutate()}>
            Read everything again now
          </Button>
        </div>
      )}
    </>
  );
}
