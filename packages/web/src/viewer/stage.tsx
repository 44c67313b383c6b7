import { type ReactNode, useEffect, useRef } from 'react';
import { listenForGestures } from './gestures.ts';
import { Notices } from './notices.tsx';
import { StackSlider } from './stack-slider.tsx';
import { useFact } from './use-facts.ts';
import classes from './viewer.module.css';
import type { Viewport } from './viewport.ts';

/** More device pixels than this are not seen, and cost memory on the smallest machines. */
const mostDevicePixels = 3;

type StageProps = { readonly viewport: Viewport; readonly children: ReactNode };

/** The black area with the picture. */
export function Stage({ viewport, children }: StageProps) {
  const stage = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const [area, picture] = [stage.current!, canvas.current!];
    viewport.attach(picture);
    const measure = (): void => {
      const box = { width: area.clientWidth, height: area.clientHeight };
      viewport.sight.resize(box, Math.min(mostDevicePixels, globalThis.devicePixelRatio || 1));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(area);
    const stop = listenForGestures(picture, viewport);
    return () => {
      observer.disconnect();
      stop();
    };
  }, [viewport]);
  const several = useFact(viewport, ({ total }) => total > 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with the stack, slider and player go, and their focus with them
  useEffect(() => {
    // So that the keys work at once and on; a focus that somebody has put elsewhere stays there.
    const { activeElement } = document;
    if (activeElement === document.body || activeElement?.tagName === 'MAIN')
      stage.current?.focus({ preventScroll: true });
  }, [several]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keys where there is no slider to take them
    <section ref={stage} className={classes.stage} aria-label="Images; the question mark shows all keys" tabIndex={0}>
      <canvas ref={canvas} className={classes.canvas} role="img" aria-label="Images" />
      {children}
      <Notices viewport={viewport} />
      <StackSlider viewport={viewport} />
    </section>
  );
}
