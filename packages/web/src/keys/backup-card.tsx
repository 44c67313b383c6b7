import { Alert, Skeleton, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts, ShellCommand } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useKeysBackup } from './key-queries.ts';
import { ageText, warningText } from './key-words.ts';
import classes from './keys.module.css';

/** When all keys were last copied, and how that is done. */
export function BackupCard() {
  const { data, error, isPending, refetch } = useKeysBackup();
  const warning = data && warningText(data);
  return (
    <Card title="Backup">
      {isPending && <Skeleton height={48} radius="sm" />}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {warning !== undefined && (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle aria-hidden />}>
          {warning}
        </Alert>
      )}
      {data !== undefined && (
        <Facts>
          <Fact label="Last backup">
            {data.backup === null
              ? 'never'
              : `${formatMoment(data.backup.at)}, ${ageText(data.backup.at, Date.now())} old`}
          </Fact>
        </Facts>
      )}
      <Text size="sm" className={classes.text}>
        A backup is made on the machine of the exchange, with the settings that the exchange runs with; it goes on
        meanwhile. The command asks for a passphrase, writes all keys of the exchange into one sealed file, and opens
        every key in it once:
      </Text>
      <ShellCommand>npx symbolon keys backup --out symbolon-keys.backup</ShellCommand>
      <Text size="sm" className={classes.text}>
        Keep the file away from the data and apart from its passphrase, and delete it after 30 days at most.
      </Text>
    </Card>
  );
}
