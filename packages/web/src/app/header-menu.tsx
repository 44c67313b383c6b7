import { useLocation } from '@tanstack/react-router';
import { type FocusEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import classes from './header.module.css';

type HeaderMenuProps = {
  readonly label: ReactNode;
  /** Whether the page that is open is one of those behind it. */
  readonly current?: boolean;
  readonly side?: 'start' | 'end';
  readonly children: ReactNode;
};

/**
 * What stands behind a button of the header: below it on a wide screen, in place on a narrow one. Links and buttons, not a
 * menu of the ARIA kind: Tab goes through it. It closes by Escape, by a step out of it, and where a page opens.
 */
export function HeaderMenu({ label, current = false, side = 'start', children }: HeaderMenuProps) {
  const { pathname } = useLocation();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (pathname !== '') setOpen(false);
  }, [pathname]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const left = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    // A click on what takes no focus goes nowhere.
    if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) setOpen(false);
  };
  useEffect(() => {
    if (!open) return;
    const outside = ({ target }: PointerEvent): void => {
      if (!button.current?.parentElement?.contains(target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens to what its button and links do
    <div
      className={classes.more}
      data-side={side}
      onBlur={left}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        close();
      }}
    >
      <button
        ref={button}
        type="button"
        className={classes.opener}
        data-current={current}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {label}
        <span aria-hidden>▾</span>
      </button>
      <div id={id} className={classes.behind} hidden={!open}>
        {open && children}
      </div>
    </div>
  );
}
