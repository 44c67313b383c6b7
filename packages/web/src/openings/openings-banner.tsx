import { pages } from '@symbolon/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link, useLocation } from '@tanstack/react-router';
import { formatCount } from '../ui/amounts.ts';
import classes from '../ui/banner.module.css';
import { useOpeningsStatus } from './opening-queries.ts';

/** Says on every page that studies were opened in an emergency, until somebody reviewed it. It cannot be waved away. */
export function OpeningsBanner() {
  const { data } = useOpeningsStatus();
  const { pathname } = useLocation();
  if (!data?.unreviewed || pathname === pages.openings) return null;
  const were = data.unreviewed === 1 ? 'study was' : 'studies were';
  return (
    <section className={classes.banner} aria-label="Emergency access">
      <IconAlertTriangle size={18} aria-hidden className={classes.icon} />
      <span>
        {formatCount(data.unreviewed)} {were} opened in an emergency. Nobody has reviewed that yet.{' '}
        <Link to={pages.openings} className={classes.link}>
          Review it
        </Link>
      </span>
    </section>
  );
}
