import { Outlet } from '@tanstack/react-router';
import { Brand } from '../ui/brand.tsx';
import { SchemeSwitch } from '../ui/scheme-switch.tsx';
import classes from './layout.module.css';
import { SkipLink } from './skip-link.tsx';

/** For who is not signed in: no navigation, and not a word about the session. */
export function BareLayout() {
  return (
    <>
      <SkipLink />
      <header className={classes.header}>
        <Brand />
        <SchemeSwitch />
      </header>
      <main id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
    </>
  );
}
