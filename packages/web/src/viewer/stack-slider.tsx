import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useFact } from './use-facts.ts';
import classes from './viewer.module.css';
import type { Viewport } from './viewport.ts';

/** Where in the stack one is, and the way to anywhere in it. Its keys are those of the viewer around it. */
export function StackSlider({ viewport }: { readonly viewport: Viewport }) {
  const track = useRef<HTMLDivElement>(null);
  const at = useFact(viewport, ({ wanted }) => wanted);
  const total = useFact(viewport, (facts) => facts.total);
  if (total < 2) return null;

  const follow = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons === 0 || track.current === null) return;
    const { top, height } = track.current.getBoundingClientRect();
    viewport.goTo(((event.clientY - top) / height) * (total - 1));
  };
  return (
    <div
      className={classes.slider}
      role="slider"
      tabIndex={0}
      aria-label="Image"
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={total}
      aria-valuenow={at + 1}
      aria-valuetext={`Image ${at + 1} of ${total}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        follow(event);
      }}
      onPointerMove={follow}
      onKeyDown={(event: KeyboardEvent) => {
        // A page would be scrolled as well.
        if (event.key === ' ') event.preventDefault();
      }}
    >
      <div ref={track} className={classes.track}>
        <div className={classes.thumb} style={{ top: `${(at / (total - 1)) * 100}%` }} />
      </div>
    </div>
  );
}
