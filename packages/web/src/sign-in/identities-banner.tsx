import { Button } from '@mantine/core';
import { closeIdentities } from '@symbolon/client';
import { pages, type SessionAnswer } from '@symbolon/contract';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { exchange } from '../app/exchange.ts';
import { askPerson } from '../app/questions.ts';
import { isOfPages, sessionQuery } from '../app/session.ts';
import classes from '../ui/banner.module.css';

type Identities = NonNullable<SessionAnswer['identities']>;

/** Says on every page whether identities are open, where the account wants a second password for them; and opens and closes them. */
export function IdentitiesBanner({ state, until }: Identities) {
  const queries = useQueryClient();
  const { pathname } = useLocation();
  const closing = useMutation({
    mutationFn: () => closeIdentities(exchange),
    onSuccess: (answer) => queries.setQueryData(sessionQuery.queryKey, answer),
  });
  const before = useRef(state);
  useEffect(() => {
    const was = before.current;
    before.current = state;
    // What was shown before is not what is shown now.
    if (was !== state) void queries.resetQueries({ predicate: isOfPages });
  }, [state, queries]);
  useEffect(() => {
    if (until === null) return;
    const timer = setTimeout(
      () => void queries.invalidateQueries(sessionQuery),
      Math.max(0, Date.parse(until) - Date.now()) + 500,
    );
    return () => clearTimeout(timer);
  }, [until, queries]);
  return (
    <section className={classes.banner} aria-label="Identities" data-calm={state === 'open'}>
      {state === 'open' ? (
        <IconEye size={18} aria-hidden className={classes.icon} />
      ) : (
        <IconEyeOff size={18} aria-hidden className={classes.icon} />
      )}
      <span role="status">
        {state === 'open' && until !== null && `Identities are open until ${timeOf(until)}.`}
        {state === 'closed' && 'Identities are closed: you see pseudonyms.'}
        {state === 'unset' && 'Identities are closed: you have not chosen your second password.'}
      </span>
      {state === 'open' && (
        <Button size="compact-sm" variant="default" loading={closing.isPending} onClick={() => closing.mutate()}>
          Close them
        </Button>
      )}
      {state === 'closed' && (
        <Button size="compact-sm" variant="default" onClick={() => void askPerson('identities')}>
          Open them
        </Button>
      )}
      {state === 'unset' && pathname !== pages.security && (
        <Link to={pages.security} className={classes.link}>
          Choose it
        </Link>
      )}
    </section>
  );
}

const timeOf = (moment: string): string =>
  new Date(moment).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
