import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { ToolButton } from './tool-button.tsx';
import { useFact } from './use-facts.ts';
import classes from './viewer.module.css';
import type { Viewport } from './viewport.ts';

const speeds = [2, 5, 10, 15, 20, 25, 30, 60];

/** Never begins by itself: whoever is disturbed by motion is asked first. */
export function CineControls({ viewport, narrow }: { readonly viewport: Viewport; readonly narrow: boolean }) {
  const playing = useFact(viewport, (facts) => facts.playing);
  const fps = useFact(viewport, (facts) => facts.fps);
  const several = useFact(viewport, (facts) => facts.total > 1);
  if (!several) return null;
  return (
    <div className={classes.group}>
      <ToolButton
        label={playing ? 'Pause' : 'Play'}
        keyName="Space"
        icon={playing ? <IconPlayerPause size={20} /> : <IconPlayerPlay size={20} />}
        onClick={() => viewport.play(!playing)}
      />
      {!narrow && (
        <select
          className={classes.speed}
          aria-label="Frames a second"
          value={fps}
          onChange={(event) => viewport.playAt(Number(event.currentTarget.value))}
        >
          {[...new Set([...speeds, fps])]
            .sort((a, b) => a - b)
            .map((speed) => (
              <option key={speed} value={speed}>
                {speed} fps
              </option>
            ))}
        </select>
      )}
    </div>
  );
}
