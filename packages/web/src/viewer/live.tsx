import { useEffect, useRef } from 'react';
import type { Facts } from './facts.ts';
import type { Viewport } from './viewport.ts';

type LiveProps = {
  readonly viewport: Viewport;
  /** Stands outside of components, so that it is the same function every time. */
  readonly of: (facts: Facts) => string;
  readonly className?: string | undefined;
};

/** Text that follows the picture, written past React: a drag changes it sixty times a second. */
export function Live({ viewport, of, className }: LiveProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const write = (): void => {
      const text = of(viewport.facts());
      if (ref.current !== null && ref.current.textContent !== text) ref.current.textContent = text;
    };
    write();
    return viewport.subscribe(write);
  }, [viewport, of]);
  return <div ref={ref} className={className} />;
}
