import { Alert, Button, Stack, Text } from '@mantine/core';
import type { BackupsAnswer } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { AdministratorsPage } from '../administration/administrators-page.tsx';
import { WaitingCards } from '../administration/waiting-cards.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { formatMoment } from '../ui/amounts.ts';
import { Card, Fact, Facts, ShellCommand } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useBackups, useBegin } from './backup-queries.ts';
import { drillText, runText, warningWords } from './backup-words.ts';
import classes from './backups.module.css';
import { HeldCard } from './held-card.tsx';
import { PolicyForm } from './policy-form.tsx';

/** What backups there are, how long they are kept, and whether a restore would bring everything back. */
export function BackupsPage() {
  return (
    <AdministratorsPage title="Backups" needs="backup.view" forWhom="The backups are for administrators">
      <Backups />
    </AdministratorsPage>
  );
}

function Backups() {
  const { data, error, isPending, refetch } = useBackups();
  const me = useMe();
  if (isPending) return <WaitingCards what="Loading the backups" count={3} />;
  return (
    <Stack gap="md">
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data?.held && <HeldCard held={data.held} />}
      {data !== undefined && <LastCard backups={data} />}
      {data !== undefined && data.place !== null && (
        <>
          <DrillCard backups={data} />
          <Card title="Schedule">
            <PolicyForm policy={data.policy} may={mayDo(me, 'backup.schedule')} />
          </Card>
          <RunsCard backups={data} />
        </>
      )}
    </Stack>
  );
}

function LastCard({ backups }: { readonly backups: BackupsAnswer }) {
  const me = useMe();
  const begin = useBegin('backup');
  const { place, warning, runs, waiting } = backups;
  const running = runs.find(({ state }) => state === 'running');
  const whole = runs.find(({ state }) => state === 'whole');
  if (place === null) {
    return (
      <Card title="Backup of the data">
        <Text size="sm" className={classes.text}>
          No backups are made: no place is set for them. Name one, on another disk or another machine, and start the
          exchange again:
        </Text>
        <ShellCommand>SYMBOLON_BACKUPS=file:/mnt/backups npx symbolon serve</ShellCommand>
      </Card>
    );
  }
  return (
    <Card title="Backup of the data">
      {warning !== null && (
        <Alert
          color="yellow"
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          title={warningWords[warning].short}
        >
          {warningWords[warning].more}
        </Alert>
      )}
      <Facts>
        <Fact label="Last backup">
          {whole === undefined ? 'none yet' : `${formatMoment(whole.startedAt)}: ${runText(whole)}`}
        </Fact>
        <Fact label="Place">{place}</Fact>
        {running !== undefined && <Fact label="Under way">{runText(running)}</Fact>}
      </Facts>
      {running !== undefined && <progress className={classes.progress} aria-label="A backup is being made" />}
      <Text size="sm" className={classes.text}>
        A backup holds everything but the keys, and opens with the keys alone: back them up, too. How it is restored,
        the command says: npx symbolon restore --help
      </Text>
      {begin.isError && <ProblemNotice error={begin.error} onRetry={() => begin.mutate()} />}
      {mayDo(me, 'backup.make') && (
        <div>
          <Button
            variant="default"
            className={classes.target}
            loading={begin.isPending || waiting.backup || running !== undefined}
            onClick={() => begin.mutate()}
          >
            Back up now
          </Button>
        </div>
      )}
    </Card>
  );
}

function DrillCard({ backups: { drills, waiting, lastAt } }: { readonly backups: BackupsAnswer }) {
  const me = useMe();
  const begin = useBegin('drill');
  const running = drills[0]?.result === 'running';
  const ended = drills.find(({ result }) => result !== 'running');
  return (
    <Card title="Would everything come back?">
      <Text size="sm" className={classes.text}>
        The newest backup is restored on trial, into a database of its own that goes again: every pack is opened, and
        some images are compared with what was sent.
      </Text>
      {ended?.result === 'bad' && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title="Not everything came back">
          {warningWords['drill failed'].more}
        </Alert>
      )}
      <Facts>
        <Fact label="Last trial">{ended === undefined ? 'none yet' : drillText(ended)}</Fact>
        {running && <Fact label="Under way">since {formatMoment(drills[0]?.startedAt)}</Fact>}
      </Facts>
      {begin.isError && <ProblemNotice error={begin.error} onRetry={() => begin.mutate()} />}
      {lastAt !== null && mayDo(me, 'backup.drill') && (
        <div>
          <Button
            variant="default"
            className={classes.target}
            loading={begin.isPending || waiting.drill || running}
            onClick={() => begin.mutate()}
          >
            Try a restore now
          </Button>
        </div>
      )}
    </Card>
  );
}

const shown = 30;

function RunsCard({ backups: { runs } }: { readonly backups: BackupsAnswer }) {
  if (runs.length === 0) return null;
  return (
    <Card title="Made so far">
      <ul className={classes.runs} aria-label="Backups">
        {runs.slice(0, shown).map((run) => (
          <li key={run.id}>
            <span>{formatMoment(run.startedAt)}</span>
            <span>{runText(run)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
