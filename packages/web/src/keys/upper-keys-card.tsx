import { Text } from '@mantine/core';
import type { KeysAnswer } from '@symbolon/contract';
import { useMe } from '../app/session.ts';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts, ShellCommand } from '../ui/card.tsx';
import { useKeySchedule } from './key-queries.ts';
import { ageText, factsOf } from './key-words.ts';
import classes from './keys.module.css';

/** The keys above the patients': the account's, and the roots, which all accounts of the exchange share. */
export function UpperKeysCard({ keys }: { readonly keys: KeysAnswer }) {
  const { accountId } = useMe();
  const { data: schedule } = useKeySchedule();
  const account = factsOf(keys, 'account in the key service');
  const root = factsOf(keys, 'root');
  return (
    <Card title="Account key and roots">
      <Facts>
        {account !== undefined && <Fact label="Account key">{wordsOf(account)}</Fact>}
        {root !== undefined && <Fact label="Roots, of all accounts">{wordsOf(root)}</Fact>}
      </Facts>
      <Text size="sm" className={classes.text}>
        The exchange replaces the account key after {formatCount(schedule?.accountDays ?? 365, 'day')} and the roots
        after a year. On the machine of the exchange the account key is replaced at once by this; older copies of the
        patients’ keys open nothing from then on:
      </Text>
      <ShellCommand>{`npx symbolon keys rotate --account ${accountId}`}</ShellCommand>
    </Card>
  );
}

function wordsOf({ oldest, rotatedAt }: { readonly oldest: string; readonly rotatedAt: string | null }): string {
  return `${ageText(oldest, Date.now())} old, ${rotatedAt === null ? 'never rotated' : `rotated ${formatMoment(rotatedAt)}`}`;
}
