import { type RefObject, useLayoutEffect } from 'react';

/** Tells the sheet how much of the window stands above the viewer, which takes what is left. */
export function useSpaceAbove(ref: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = (): void => {
      const above = Math.round(element.getBoundingClientRect().top + globalThis.scrollY);
      // Over the whole window, or hidden, it says nothing of where it otherwise stands.
      if (element.dataset.full === 'true' || element.offsetParent === null) return;
      element.style.setProperty('--viewer-above', `${above}px`);
    };
    measure();
    const observer = new ResizeObserver(measure);
    // Whatever stands above it moves its parent, or makes the page taller.
    observer.observe(document.body);
    if (element.parentElement !== null) observer.observe(element.parentElement);
    return () => observer.disconnect();
  }, [ref]);
}
