import type { ClientError, StudyRoad } from '@symbolon/client';
import { useEffect, useEffectEvent, useState } from 'react';
import { exchange } from '../app/exchange.ts';
import { PictureSource } from './picture-source.ts';
import { Viewport } from './viewport.ts';

function coarsePointer(): boolean {
  return globalThis.matchMedia('(pointer: coarse)').matches;
}

/** One viewport for as long as the study is looked at; what it holds is given back when it is not. */
export function useViewport(road: StudyRoad, onEnded: (error: ClientError) => void): Viewport | undefined {
  const [viewport, setViewport] = useState<Viewport>();
  const ended = useEffectEvent(onEnded);
  useEffect(() => {
    const touch = coarsePointer();
    const source = new PictureSource({
      exchange,
      road,
      phone: touch,
      changed: () => made.redraw(),
      ended: (error) => {
        made.close();
        ended(error);
      },
    });
    const made = new Viewport({ road, source, touch });
    setViewport(made);
    return () => {
      made.close();
      setViewport(undefined);
    };
  }, [road]);
  return viewport;
}
