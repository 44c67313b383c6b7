import { Text } from '@mantine/core';
import type { LinkRow } from '@symbolon/contract';
import type { ReactNode } from 'react';
import { formatMoment } from '../ui/amounts.ts';
import { usageText, wrongPasswordsText } from './link-words.ts';
import { fromNow } from './moments.ts';
import classes from './sharing.module.css';

type LinkFactsProps = { readonly link: LinkRow; readonly state: LinkRow['state']; readonly now: number };

/** Until when, how it is protected, how it was used, and who made it. */
export function LinkFacts({ link, state, now }: LinkFactsProps) {
  const wrong = wrongPasswordsText(link.wrongPasswords);
  return (
    <dl className={classes.facts}>
      {state === 'revoked' ? (
        <Fact label="Revoked" more={link.revokedBy === null ? undefined : `by ${link.revokedBy}`}>
          {formatMoment(link.revokedAt)}
        </Fact>
      ) : (
        <Fact label={state === 'open' ? 'Open until' : 'Expired'} more={fromNow(link.expiresAt, now)}>
          {formatMoment(link.expiresAt)}
        </Fact>
      )}
      <Fact
        label="Use"
        more={
          wrong === null ? undefined : (
            <Text span inherit fw={600}>
              {wrong}
            </Text>
          )
        }
      >
        {usageText(link, now)}
      </Fact>
      <Fact label="Protection" more={link.download ? 'Files may be downloaded' : 'Looking only, no download'}>
        {link.hasPassword ? 'With a password' : 'No password'}
      </Fact>
      <Fact label="Made by" more={formatMoment(link.createdAt)}>
        {link.createdBy}
      </Fact>
    </dl>
  );
}

type FactProps = { readonly label: string; readonly children: ReactNode; readonly more?: ReactNode };

function Fact({ label, children, more }: FactProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {children}
        {more !== undefined && (
          <Text size="xs" c="dimmed">
            {more}
          </Text>
        )}
      </dd>
    </div>
  );
}
