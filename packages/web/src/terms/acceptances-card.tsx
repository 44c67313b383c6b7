import { Anchor, Text } from '@mantine/core';
import { termsAcceptancesCsvPath } from '@symbolon/client';
import classes from '../administration/administration.module.css';
import { LongList } from '../administration/long-list.tsx';
import { formatMoment } from '../ui/amounts.ts';
import { Card } from '../ui/card.tsx';
import { useAcceptances } from './terms-queries.ts';

/** Who accepted which version, when, and from where. */
export function AcceptancesCard() {
  const found = useAcceptances(undefined);
  const any = (found.data?.pages[0]?.acceptances.length ?? 0) > 0;
  return (
    <Card title="Who accepted">
      <LongList
        found={found}
        itemsOf={({ acceptances }) => acceptances}
        waiting="Loading who accepted"
        empty={<Text size="sm">Nobody yet.</Text>}
      >
        {(acceptances) => (
          <ul className={classes.rows} aria-label="Who accepted">
            {acceptances.map(({ userId, name, email, version, acceptedAt, address }) => (
              <li key={`${userId} ${version}`}>
                <div>
                  <span className={classes.name}>{name}</span>
                  <div className={classes.beside}>{email}</div>
                </div>
                <span className={classes.beside}>
                  Version {version}, {formatMoment(acceptedAt)}, from {address}
                </span>
              </li>
            ))}
          </ul>
        )}
      </LongList>
      {any && (
        <Anchor size="sm" href={termsAcceptancesCsvPath()} download>
          All of them as CSV
        </Anchor>
      )}
    </Card>
  );
}
