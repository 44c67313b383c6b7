import { useCallback, useEffect, useState } from 'react';

type WholeScreen = { readonly full: boolean; toggle(): void; leave(): void };

/**
 * The viewer over all of the window, and the window over all of the screen where the browser lets it. The page as a whole
 * is what goes full screen, so that its menus stay above the viewer.
 */
export function useWholeScreen(): WholeScreen {
  const [full, setFull] = useState(false);
  const leave = useCallback(() => {
    setFull(false);
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined);
  }, []);
  useEffect(() => {
    if (!full) return;
    const changed = (): void => {
      if (document.fullscreenElement === null) setFull(false);
    };
    document.addEventListener('fullscreenchange', changed);
    document.documentElement.style.setProperty('overflow', 'hidden');
    // A telephone may not have it: then the viewer fills the window.
    document.documentElement.requestFullscreen?.().catch(() => undefined);
    return () => {
      document.removeEventListener('fullscreenchange', changed);
      document.documentElement.style.removeProperty('overflow');
    };
  }, [full]);
  // Leaving the page leaves the whole screen too.
  useEffect(() => leave, [leave]);
  return { full, leave, toggle: full ? leave : () => setFull(true) };
}
