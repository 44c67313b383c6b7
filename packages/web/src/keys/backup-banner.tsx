import { type KeysBackupAnswer, pages } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import classes from '../ui/banner.module.css';

/**
 * Says on every page that the keys were not backed up, to who can see to it. It cannot be waved away: it tells of a state and not
 * of an event, one command ends it, and what is waved away once a session is never done.
 */
export function BackupBanner({ warning }: Pick<KeysBackupAnswer, 'warning'>) {
  const { pathname } = useLocation();
  if (!warning || pathname === pages.keys) return null;
  return (
    <section className={classes.banner} aria-label="Warning">
      <IconAlertTriangle size={18} aria-hidden className={classes.icon} />
      <span>
        {warning === 'never backed up'
          ? 'The keys were never backed up: without them no image can be opened.'
          : 'The backup of the keys is out of date: newer images could be lost.'}{' '}
        <Link to={pages.keys} className={classes.link}>
          Back up the keys
        </Link>
      </span>
    </section>
  );
}
