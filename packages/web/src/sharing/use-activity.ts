import { useEffect, useEffectEvent } from 'react';

const signs = ['wheel', 'keydown', 'pointerdown', 'touchmove'] as const;

/** Calls back within so long of somebody doing something on the page, and no more often. Units: milliseconds. */
export function useActivity(onActive: () => void, withinMs: number): void {
  const tell = useEffectEvent(onActive);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const notice = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        tell();
      }, withinMs);
    };
    for (const sign of signs) window.addEventListener(sign, notice, { passive: true, capture: true });
    return () => {
      clearTimeout(timer);
      for (const sign of signs) window.removeEventListener(sign, notice, { capture: true });
    };
  }, [withinMs]);
}
