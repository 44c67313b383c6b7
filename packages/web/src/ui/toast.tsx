import { CloseButton } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import classes from './toast.module.css';

type Toast = { readonly say: (text: string) => void };
type Said = { readonly id: number; readonly text: string };

const ToastContext = createContext<Toast | undefined>(undefined);
/** Long enough to be read at leisure; what must not be missed is not for a toast. */
const shownMs = 6000;

/** `useToast().say('Link revoked')`: a short word that something was done. Screen readers hear it too. */
export function useToast(): Toast {
  const toast = useContext(ToastContext);
  if (toast === undefined) throw new Error('there is no ToastProvider around this');
  return toast;
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<readonly Said[]>([]);
  const next = useRef(0);
  const forget = useCallback((id: number) => setSaid((all) => all.filter((one) => one.id !== id)), []);
  const toast = useMemo<Toast>(
    () => ({
      say(text) {
        const id = next.current;
        next.current += 1;
        setSaid((all) => [...all.slice(-2), { id, text }]);
        setTimeout(() => forget(id), shownMs);
      },
    }),
    [forget],
  );
  return (
    <ToastContext value={toast}>
      {children}
      <div className={classes.region} role="status" aria-live="polite">
        {said.map(({ id, text }) => (
          <div key={id} className={classes.toast}>
            <span className={classes.text}>{text}</span>
            <CloseButton size={40} aria-label="Dismiss" onClick={() => forget(id)} />
          </div>
        ))}
      </div>
    </ToastContext>
  );
}
