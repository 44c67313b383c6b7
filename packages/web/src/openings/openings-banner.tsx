import { type OpeningsStatus, pages } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { formatCount } from '../ui/amounts.ts';
import classes from '../ui/banner.module.css';

/** Says on every page that studies were opened in an emergency, until somebody reviewed it. It cannot be waved away. */
export function OpeningsBanner({ unreviewed }: OpeningsStatus) {
  const { pathname } = useLocation();
  if (!unreviewed || pathname === pages.openings) return null;
  const were = unreviewed === 1 ? 'study was' : 'studies were';
  return (
    <section className={classes.banner} aria-label="Emergency access">
      <IconAlertTriangle size={18} aria-hidden className={classes.icon} />
      <span>
        {formatCount(unreviewed)} {were} opened in an emergency. Nobody has reviewed that yet.{' '}
        <Link to={pages.openings} className={classes.link}>
          Review it
        </Link>
      </span>
    </section>
  );
}
