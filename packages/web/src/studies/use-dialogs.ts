import { useEffect, useRef, useState } from 'react';

type Dialog = 'share' | 'grants' | 'hold' | 'erase';

/** Which dialog of a study is open. They are loaded when they are opened first, and stay to keep what was filled in. */
export function useDialogs() {
  const [open, setOpen] = useState<Dialog | null>(null);
  const [loaded, setLoaded] = useState<readonly Dialog[]>([]);
  const opener = useRef<Element>(null);
  useEffect(() => {
    // A dialog that comes open into the page does not know where the focus was before it.
    if (open === null && opener.current instanceof HTMLElement) opener.current.focus();
  }, [open]);
  return {
    open,
    loaded,
    /** `from`: where the focus goes back to; an entry of a menu is not there any more by then. */
    show(dialog: Dialog, from: Element | null = document.activeElement): void {
      opener.current = from;
      setLoaded([...loaded, dialog]);
      setOpen(dialog);
    },
    close: () => setOpen(null),
  };
}
