/**
 * Whether the screen is locked. While it is, all that the page shows is hidden from eyes, readers and the browser's own search, and
 * what it would ask of the exchange waits. What was typed stays where it is.
 */
let locked = false;
let opened: PromiseWithResolvers<void> | undefined;
/** Whether there is something that can show a locked screen and open it. */
let kept = 0;
const listeners = new Set<() => void>();

function become(value: boolean): void {
  if (locked === value) return;
  locked = value;
  document.documentElement.toggleAttribute('data-locked', value);
  if (value) {
    opened = Promise.withResolvers();
    // What fills the whole screen would lie above the lock.
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  } else opened?.resolve();
  for (const listener of listeners) listener();
}

export const lock = {
  locked: (): boolean => locked,
  /** False on a page that has nothing to hide, and so no lock. */
  engage(): boolean {
    if (kept > 0) become(true);
    return kept > 0;
  },
  release: (): void => become(false),
  /** Ends when the screen is open. */
  opened: async (): Promise<void> => {
    if (locked) await opened?.promise;
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** Of whatever shows the locked screen: where that goes, so does what there was to hide. */
  keep(): () => void {
    kept += 1;
    return () => {
      kept -= 1;
      if (kept === 0) become(false);
    };
  },
};
