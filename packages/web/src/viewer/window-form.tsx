import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import classes from './presets.module.css';
import type { Viewport } from './viewport.ts';
import { typedWindow, type Window } from './window.ts';

type WindowFormProps = { readonly viewport: Viewport; onChoose(window: Window): void };

/** A window typed in numbers. */
export function WindowForm({ viewport, onChoose }: WindowFormProps) {
  const now = viewport.facts().window;
  const [center, setCenter] = useState<number | string>(now?.center ?? '');
  const [width, setWidth] = useState<number | string>(now?.width ?? '');
  const typed = typedWindow(center, width);
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed !== undefined) onChoose(typed);
      }}
    >
      <NumberInput label="Centre" size="xs" hideControls value={center} onChange={setCenter} />
      <NumberInput label="Width" size="xs" hideControls min={0} value={width} onChange={setWidth} />
      <Button type="submit" size="xs" flex="none" disabled={typed === undefined}>
        Set
      </Button>
    </form>
  );
}
