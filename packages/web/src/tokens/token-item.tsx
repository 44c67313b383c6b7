import { Button, Group } from '@mantine/core';
import type { TokenRow } from '@symbolon/contract';
import { pages, pathOf } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { Confirm } from '../administration/confirm.tsx';
import { StateMark } from '../administration/state-mark.tsx';
import { mayDo, useMe } from '../app/session.ts';
import { formatMoment } from '../ui/amounts.ts';
import { Fact, Facts } from '../ui/card.tsx';
import { useToast } from '../ui/toast.tsx';
import { useRevokeToken } from './token-queries.ts';
import { addressesText, endText, scopeText, tokenStateTones, tokenStateWords } from './token-words.ts';

/** One token: for what, since when, until when, last use. */
export function TokenItem({ token, withHolder }: { readonly token: TokenRow; readonly withHolder: boolean }) {
  const me = useMe();
  const [asking, setAsking] = useState(false);
  const revoking = useRevokeToken();
  const toast = useToast();
  const { holder, state, label, createdBy } = token;
  const revoke = () =>
    revoking.mutate(token.id, {
      onSuccess: () => {
        toast.say('The token is revoked.');
        setAsking(false);
      },
    });
  return (
    <li className={classes.tall}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <div className={classes.grow}>
          <span className={classes.name}>{label}</span>
          {withHolder && (
            <>
              {' '}
              <Link to={pathOf(pages.person, { userId: holder.id })} className={classes.link}>
                {holder.name}
              </Link>
            </>
          )}
        </div>
        <StateMark tone={tokenStateTones[state]}>{tokenStateWords[state]}</StateMark>
      </Group>
      <Facts>
        <Fact label="Carries">{scopeText(token.scope)}</Fact>
        <Fact label="Works from">{addressesText(token.addresses)}</Fact>
        <Fact label="Ends">{endText(token.expiresAt)}</Fact>
        <Fact label="Last used">{token.lastUsedAt === null ? 'Never' : formatMoment(token.lastUsedAt)}</Fact>
        <Fact label="Made">
          {formatMoment(token.createdAt)}
          {createdBy !== null && createdBy !== holder.name && `, by ${createdBy}`}
        </Fact>
        {token.revokedAt !== null && (
          <Fact label="Revoked">
            {formatMoment(token.revokedAt)}
            {token.revokedBy !== null && `, by ${token.revokedBy}`}
          </Fact>
        )}
      </Facts>
      {(state === 'active' || state === 'held') && mayDo(me, 'token.revoke') && !asking && (
        <div>
          <Button className={classes.target} variant="light" color="red" size="xs" onClick={() => setAsking(true)}>
            Revoke
          </Button>
        </div>
      )}
      {asking && (
        <Confirm
          title={`Revoke the token ${label}?`}
          yes="Revoke the token"
          no="Keep it"
          grave
          pending={revoking.isPending}
          error={revoking.error}
          onYes={revoke}
          onNo={() => setAsking(false)}
        >
          From the next request on it opens nothing. A program that has it stops working; give it a new one first.
        </Confirm>
      )}
    </li>
  );
}
