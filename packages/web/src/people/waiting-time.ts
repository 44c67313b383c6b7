import { ClientError } from '@symbolon/client';
import { useEffect, useState } from 'react';

const tickMs = 250;

/** How long the exchange asked to wait, counting down; 0 when one may try again. Units: milliseconds. */
export function useWaitingTime(error: unknown): number {
  const [leftMs, setLeftMs] = useState(0);
  useEffect(() => {
    const waitMs = error instanceof ClientError ? (error.retryAfterMs ?? 0) : 0;
    // A clock that no adjustment of the machine's time can shift.
    const until = performance.now() + waitMs;
    const look = (): void => setLeftMs(Math.max(0, until - performance.now()));
    look();
    if (waitMs === 0) return;
    const timer = setInterval(look, tickMs);
    return () => clearInterval(timer);
  }, [error]);
  return leftMs;
}
