import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { LongList } from '../administration/long-list.tsx';
import { TermsText } from '../sign-in/terms-text.tsx';
import { formatCount, formatMoment } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useTerms, useTermsVersions } from './terms-queries.ts';

/** Every version there was, and how many people accepted it. */
export function VersionsCard() {
  const found = useTermsVersions();
  const [first] = found.data?.pages ?? [];
  const [shown, setShown] = useState<number>();
  return (
    <Card title="Versions">
      {first !== undefined && first.versions[0] !== undefined && !first.versions[0].empty && (
        <Text size="sm">
          {formatCount(first.accepted)} of {formatCount(first.people)} people accepted what holds.
        </Text>
      )}
      <LongList
        found={found}
        itemsOf={({ versions }) => versions}
        waiting="Loading the versions"
        empty={<Text size="sm">There are none yet.</Text>}
      >
        {(versions) => (
          <ul className={classes.rows} aria-label="Versions">
            {versions.map(({ version, empty, createdAt, createdBy, accepted }) => (
              <li key={version}>
                <div>
                  <span className={classes.name}>Version {version}</span>
                  {empty && ' (no terms)'}
                  <div className={classes.beside}>
                    {formatMoment(createdAt)}, {createdBy}. {!empty && `Accepted by ${formatCount(accepted)}.`}
                  </div>
                </div>
                {!empty && (
                  <Button
                    className={classes.target}
                    variant="default"
                    size="xs"
                    aria-expanded={shown === version}
                    onClick={() => setShown(shown === version ? undefined : version)}
                  >
                    {shown === version ? 'Hide' : 'Read'}
                  </Button>
                )}
                {shown === version && <Version version={version} />}
              </li>
            ))}
          </ul>
        )}
      </LongList>
    </Card>
  );
}

function Version({ version }: { readonly version: number }) {
  const { data, error, refetch } = useTerms(version);
  if (error !== null) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return data === undefined ? null : <TermsText text={data.text} label={`Version ${version}`} />;
}
