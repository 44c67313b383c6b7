import { type RefObject, useEffect } from 'react';

/**
 * What sticks to the lower edge of the window says how high it is, so that toasts stand above it: what they cover for six
 * seconds is what somebody wants to press next.
 */
export function useFoot(foot: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { current } = foot;
    if (current === null) return;
    const root = document.documentElement.style;
    const look = new ResizeObserver(() => root.setProperty('--app-foot', `${current.offsetHeight}px`));
    look.observe(current);
    return () => {
      look.disconnect();
      root.removeProperty('--app-foot');
    };
  }, [foot]);
}
