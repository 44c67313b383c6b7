import './styles.ts';
import { Button, Skeleton, Switch, Text } from '@mantine/core';
import type { UserRow } from '@symbolon/contract';
import { useState } from 'react';
import classes from '../administration/administration.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { Dialog } from '../erasure/dialog.tsx';
import { Card } from '../ui/card.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { IssueToken } from './issue-token.tsx';
import { TokenItem } from './token-item.tsx';
import { useTokens } from './token-queries.ts';

type Holder = Pick<UserRow, 'id' | 'name' | 'kind' | 'state'>;
/** `of`: whose; without it those of everybody in the account. */
type TokensCardProps = { readonly of?: Holder };

/** API tokens, and where one may, a new one. */
export function TokensCard({ of }: TokensCardProps) {
  const me = useMe();
  const [over, setOver] = useState(false);
  const [making, setMaking] = useState(false);
  const found = useTokens(of?.id, over);
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = found;
  const all = data?.pages.flatMap(({ tokens }) => tokens) ?? [];
  const isMe = of?.id === me.userId;
  // A person makes their own; who may makes those of programs.
  const mayMake =
    of !== undefined && of.state === 'active' && (isMe || of.kind === 'service') && mayDo(me, 'token.issue');
  const title = of === undefined ? 'Tokens of the account' : isMe ? 'Your tokens' : 'API tokens';
  return (
    <Card title={title}>
      {isPending && <Skeleton height={64} radius="md" role="status" aria-label="Loading the tokens" />}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && all.length === 0 && (
        <Text size="sm">{over ? 'There was never one.' : 'There is none that opens anything.'}</Text>
      )}
      <ul className={classes.rows} aria-label={title}>
        {all.map((token) => (
          <TokenItem key={token.id} token={token} withHolder={of === undefined} />
        ))}
      </ul>
      {hasNextPage && (
        <div>
          <Button
            variant="default"
            className={classes.target}
            loading={isFetchingNextPage}
            onClick={() => fetchNextPage()}
          >
            Show more
          </Button>
        </div>
      )}
      <div className={classes.foot}>
        {mayMake && (
          <Button className={classes.target} onClick={() => setMaking(true)}>
            Make a token …
          </Button>
        )}
        <Switch
          className={classes.switch ?? ''}
          label="Also those that are over"
          checked={over}
          onChange={({ currentTarget }) => setOver(currentTarget.checked)}
        />
      </div>
      {of !== undefined && (
        <Dialog title="Make an API token" opened={making} onClose={() => setMaking(false)}>
          {making && <IssueToken holder={of} isMe={isMe} onDone={() => setMaking(false)} />}
        </Dialog>
      )}
    </Card>
  );
}
