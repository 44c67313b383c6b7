import { paths } from '@symbolon/contract';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect, useSyncExternalStore } from 'react';
import { exchange } from './exchange.ts';
import { outage } from './outage.ts';
import classes from './outage-notice.module.css';

const askEveryMs = 2000;

/** Says that the exchange does not answer, asks until it does, and goes by itself. What a person typed stays where it is. */
export function OutageNotice() {
  const out = useSyncExternalStore(outage.subscribe, outage.out);
  useEffect(() => {
    if (!out) return;
    // The answer itself tells the outage that it is over; see `exchange.ts`.
    const ask = (): void => void exchange.transport(paths.ready, { method: 'GET', headers: {} }).catch(() => undefined);
    const timer = setInterval(ask, askEveryMs);
    return () => clearInterval(timer);
  }, [out]);
  return (
    <div role="status" className={out ? classes.notice : undefined}>
      {out && (
        <>
          <IconPlugConnectedX size={18} aria-hidden />
          <span>The exchange does not answer; trying again … Nothing is lost.</span>
        </>
      )}
    </div>
  );
}
