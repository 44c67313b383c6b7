import { lockSession, session } from '@symbolon/client';
import type { QueryClient } from '@tanstack/react-query';
import { exchange } from '../app/exchange.ts';
import { lock } from '../app/lock.ts';
import { sessionQuery } from '../app/session.ts';
import { touch } from '../app/touch.ts';

const everyMs = 1000;
/** How often tabs tell each other, and the exchange is told, that somebody is there who asks for nothing. */
const tellTabsMs = 5000;
/** With what the exchange writes down every quarter of a minute, well within the minute that it waits longer than the page. */
const tellExchangeMs = 30_000;
const minuteMs = 60_000;

type Told = { readonly touched: number } | { readonly screen: 'locked' | 'open' };

let channel: BroadcastChannel | undefined;
const between = (): BroadcastChannel => {
  channel ??= new BroadcastChannel('symbolon-lock');
  return channel;
};
const tell = (told: Told): void => between().postMessage(told);

/** Tries until the exchange has heard it: what it serves must not hang on a page that was locked without it. */
async function lockThere(): Promise<void> {
  while (lock.locked()) {
    const done = await lockSession(exchange).then(
      () => true,
      // Nobody is signed in any more, or it is locked already.
      (error: { readonly status?: number }) => error.status === 401,
    );
    if (done) return;
    await new Promise((resolve) => setTimeout(resolve, tellTabsMs));
  }
}

/** Locks this tab and all others, and the session at the exchange. */
export function lockNow(): void {
  if (!lock.engage()) return;
  tell({ screen: 'locked' });
  void lockThere();
}

export const tellUnlocked = (): void => tell({ screen: 'open' });

/** Locks after `lockMinutes` without a touch in any tab, and lets the exchange know of who is there and asks for nothing. Returns how to stop. */
export function watchTouches(lockMinutes: number | undefined, queries: QueryClient): () => void {
  let toldTabs = 0;
  const look = (): void => {
    if (lock.locked()) return;
    const [now, at] = [Date.now(), touch.at()];
    if (lockMinutes !== undefined && now - at >= lockMinutes * minuteMs) {
      lockNow();
      return;
    }
    if (at > toldTabs + tellTabsMs) {
      toldTabs = at;
      tell({ touched: at });
    }
    if (at > touch.counted() && now - touch.counted() > tellExchangeMs) void session(exchange).catch(() => undefined);
  };
  const hear = ({ data }: MessageEvent<Told>): void => {
    if ('touched' in data) touch.heard(data.touched);
    else if (data.screen === 'locked') lock.engage();
    else void queries.invalidateQueries(sessionQuery).then(() => lock.release());
  };
  const timer = setInterval(look, everyMs);
  between().addEventListener('message', hear);
  // A machine that slept runs no timers: it looks before it shows anything.
  document.addEventListener('visibilitychange', look);
  globalThis.addEventListener('pageshow', look);
  return () => {
    clearInterval(timer);
    between().removeEventListener('message', hear);
    document.removeEventListener('visibilitychange', look);
    globalThis.removeEventListener('pageshow', look);
  };
}
