import { type BackupsStatusAnswer, pages } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import classes from '../ui/banner.module.css';
import { warningWords } from './backup-words.ts';

/** Says on every page that the data is in no good backup, or that something restored waits for a decision. It cannot be waved away. */
export function LateBanner({ warning, held }: BackupsStatusAnswer) {
  const { pathname } = useLocation();
  if ((!warning && !held) || pathname === pages.backups) return null;
  return (
    <section className={classes.banner} aria-label="Warning about backups">
      <IconAlertTriangle size={18} aria-hidden className={classes.icon} />
      <span>
        {held
          ? 'This exchange was restored: people, API tokens, links and grants are held.'
          : warningWords[warning ?? 'never'].short}{' '}
        <Link to={pages.backups} className={classes.link}>
          See the backups
        </Link>
      </span>
    </section>
  );
}
