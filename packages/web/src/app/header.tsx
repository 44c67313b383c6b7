import { Burger, Button } from '@mantine/core';
import { signOut } from '@symbolon/client';
import { pages } from '@symbolon/contract';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Brand } from '../ui/brand.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SchemeSwitch } from '../ui/scheme-switch.tsx';
import { exchange } from './exchange.ts';
import classes from './header.module.css';
import { HeaderMenu } from './header-menu.tsx';
import { administration, type Place, places } from './places.ts';
import { becomeSession, mayDo, tellOtherTabs, useMe } from './session.ts';

/** Only where the upload page was open before: an upload goes on while one looks at something else. */
const UploadIndicator = lazy(async () => ({
  default: (await import('../upload/upload-indicator.tsx')).UploadIndicator,
}));

/** Only where it is opened: who one is, and what of the account is one's own. */
const OwnMenu = lazy(async () => ({ default: (await import('../people/own-menu.tsx')).OwnMenu }));

export function Header({ onLeaving }: { readonly onLeaving: () => void }) {
  const me = useMe();
  const client = useQueryClient();
  const { pathname } = useLocation();
  const [open, setOpen] = useState(false);
  const [uploaded, setUploaded] = useState(false);
  useEffect(() => {
    setOpen(false);
    if (pathname === pages.upload) setUploaded(true);
  }, [pathname]);
  useEffect(() => {
    if (!open) return;
    const close = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') setOpen(false);
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [open]);
  const leave = useMutation({
    mutationFn: () => signOut(exchange),
    onSuccess: async (answer) => {
      onLeaving();
      // Loaded only where there may be one: who sits down next shall not see whose images were chosen.
      if (uploaded) (await import('../upload/upload-actions.ts')).forgetUpload();
      becomeSession(client, answer);
      tellOtherTabs();
    },
  });
  return (
    <>
      <header className={classes.header} data-open={open}>
        <Link to={pages.worklist} className={classes.brand}>
          <Brand />
        </Link>
        <Burger
          className={classes.burger}
          opened={open}
          size="sm"
          aria-label="Menu"
          aria-expanded={open}
          aria-controls="app-menu"
          onClick={() => setOpen(!open)}
        />
        <div id="app-menu" className={classes.menu}>
          <nav aria-label="Main" className={classes.nav}>
            <Places of={places} />
            {administration.some(({ needs }) => mayDo(me, needs)) && (
              <HeaderMenu
                label="Administration"
                current={administration.some(({ to }) => pathname === to || pathname.startsWith(`${to}/`))}
              >
                <Places of={administration} />
              </HeaderMenu>
            )}
          </nav>
          <div className={classes.person}>
            {uploaded && (
              <Suspense fallback={null}>
                <UploadIndicator userId={me.userId} />
              </Suspense>
            )}
            <HeaderMenu
              side="end"
              label={
                <span className={classes.who}>
                  <span className={classes.name}>{me.name}</span>
                  <span className={classes.account}>{me.accountName}</span>
                </span>
              }
            >
              <Suspense fallback={null}>
                <OwnMenu />
              </Suspense>
            </HeaderMenu>
            <SchemeSwitch />
            <Button variant="default" size="xs" h={40} loading={leave.isPending} onClick={() => leave.mutate()}>
              Sign out
            </Button>
          </div>
        </div>
      </header>
      {leave.isError && <ProblemNotice error={leave.error} onRetry={() => leave.mutate()} />}
    </>
  );
}

function Places({ of }: { readonly of: readonly Place[] }) {
  const me = useMe();
  return of
    .filter(({ needs }) => mayDo(me, needs))
    .map(({ to, label }) => (
      <Link key={to} to={to} className={classes.place}>
        {label}
      </Link>
    ));
}
