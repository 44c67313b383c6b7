import { useEffect, useState } from 'react';
import { type TakenSecret, takeSecret } from './link-secret.ts';

/** The secret with which this page was opened; undefined until the address bar was read. */
export function useLinkSecret(linkId: string): TakenSecret | undefined {
  const [taken, setTaken] = useState<TakenSecret>();
  useEffect(() => {
    const take = () => setTaken(takeSecret(linkId, window.location, window.history));
    take();
    // Somebody who pastes the link into a tab that shows it already changes the fragment alone.
    window.addEventListener('hashchange', take);
    return () => window.removeEventListener('hashchange', take);
  }, [linkId]);
  return taken;
}
