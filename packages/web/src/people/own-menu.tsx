import { pages, pathOf } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import header from '../app/header.module.css';
import { mayDo, useMe } from '../app/session.ts';
import { lockNow } from '../sign-in/watch-touches.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './own-menu.module.css';
import { useMyAccounts, useSwitchAccount } from './user-queries.ts';

/** Who one is, what of the account is one's own, and the other accounts of which one is a member. */
export function OwnMenu() {
  const me = useMe();
  const { data } = useMyAccounts();
  const switching = useSwitchAccount();
  const accounts = data?.accounts ?? [];
  return (
    <>
      <p className={classes.who}>
        {me.email ?? me.name}
        <span>{me.role.name}</span>
      </p>
      {mayDo(me, 'user.view') && (
        <Link to={pathOf(pages.person, { userId: me.userId })} className={header.place}>
          You, and what you may do
        </Link>
      )}
      <Link to={pages.security} className={header.place}>
        My security
      </Link>
      <button type="button" className={header.place} onClick={lockNow}>
        Lock now
      </button>
      {mayDo(me, 'token.list') && (
        <Link to={pages.tokens} className={header.place}>
          API tokens
        </Link>
      )}
      {accounts.length > 1 && (
        <section aria-label="Your accounts" className={classes.accounts}>
          <h2>Your accounts</h2>
          <ul>
            {accounts.map(({ id, name, role, current }) => (
              <li key={id}>
                <button
                  type="button"
                  className={header.place}
                  aria-current={current ? 'true' : undefined}
                  disabled={current || switching.isPending}
                  onClick={() => switching.mutate(id)}
                >
                  <span className={classes.account}>
                    {name}
                    <span>{current ? `${role.name}, here now` : role.name}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {switching.isError && <ProblemNotice error={switching.error} />}
    </>
  );
}
