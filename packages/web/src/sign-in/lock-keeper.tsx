import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { lock } from '../app/lock.ts';
import { useSession } from '../app/session.ts';
import { LockScreen } from './lock-screen.tsx';
import { tellUnlocked, watchTouches } from './watch-touches.ts';

/** Where the locked screen stands: beside all else, which is hidden while it is there. */
const place = document.createElement('div');
place.id = 'locked';

/** Locks the screen when nobody touched any of the browser's tabs for as long as the account allows, and opens it again. */
export function LockKeeper() {
  const { data } = useSession();
  const queries = useQueryClient();
  const locked = useSyncExternalStore(lock.subscribe, lock.locked);
  const lockMinutes = data?.lockMinutes;
  useEffect(() => {
    document.body.append(place);
    const leave = lock.keep();
    return () => {
      leave();
      place.remove();
    };
  }, []);
  useEffect(() => watchTouches(lockMinutes, queries), [lockMinutes, queries]);
  return locked && createPortal(<LockScreen onOpened={tellUnlocked} />, place);
}
