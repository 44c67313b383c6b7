import { Menu } from '@mantine/core';
import {
  IconArrowsDiagonal,
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconArrowsMove,
  IconArrowsVertical,
  IconContrast,
  IconDots,
  IconFlipHorizontal,
  IconLetterT,
  IconRestore,
  IconRotateClockwise,
  IconSun,
  IconZoomIn,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { CineControls } from './cine-controls.tsx';
import { KeyHelp } from './key-help.tsx';
import type { Command, Tool } from './keys.ts';
import { PresetsMenu } from './presets-menu.tsx';
import { ToolButton } from './tool-button.tsx';
import { useFact } from './use-facts.ts';
import classes from './viewer.module.css';
import type { Viewport } from './viewport.ts';

type ToolbarProps = {
  readonly viewport: Viewport;
  readonly modality: string | undefined;
  readonly narrow: boolean;
  readonly text: boolean;
  readonly full: boolean;
  readonly help: boolean;
  run(command: Command): void;
};

const toolNames: readonly { readonly tool: Tool; readonly label: string; readonly icon: ReactNode }[] = [
  { tool: 'scroll', label: 'Scroll', icon: <IconArrowsVertical size={20} /> },
  { tool: 'window', label: 'Window', icon: <IconSun size={20} /> },
  { tool: 'zoom', label: 'Zoom', icon: <IconZoomIn size={20} /> },
  { tool: 'pan', label: 'Pan', icon: <IconArrowsMove size={20} /> },
];

type Act = 'fit' | 'invert' | 'turn' | 'flip' | 'reset';

const acts: readonly {
  readonly act: Act;
  readonly label: string;
  readonly keyName: string;
  readonly icon: ReactNode;
}[] = [
  { act: 'fit', label: 'Fit to the screen', keyName: 'F', icon: <IconArrowsDiagonal size={20} /> },
  { act: 'invert', label: 'Invert', keyName: 'I', icon: <IconContrast size={20} /> },
  { act: 'turn', label: 'Rotate by 90°', keyName: 'R', icon: <IconRotateClockwise size={20} /> },
  { act: 'flip', label: 'Flip left and right', keyName: 'H', icon: <IconFlipHorizontal size={20} /> },
  { act: 'reset', label: 'Reset', keyName: '0', icon: <IconRestore size={20} /> },
];

export function Toolbar({ viewport, modality, narrow, text, full, help, run }: ToolbarProps) {
  const chosen = useFact(viewport, (facts) => facts.tool);
  const inverted = useFact(viewport, (facts) => facts.inverted);
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="Viewer">
      <div className={classes.group}>
        {toolNames.map(({ tool, label, icon }) => (
          <ToolButton
            key={tool}
            label={label}
            keyName={label.charAt(0)}
            icon={icon}
            aria-pressed={tool === chosen}
            onClick={() => run({ do: 'tool', tool })}
          />
        ))}
        <PresetsMenu viewport={viewport} modality={modality} />
      </div>
      {!narrow && (
        <div className={classes.group}>
          {acts.map(({ act, label, keyName, icon }) => (
            <ToolButton
              key={act}
              label={label}
              keyName={keyName}
              icon={icon}
              aria-pressed={act === 'invert' ? inverted : undefined}
              onClick={() => run({ do: act })}
            />
          ))}
        </div>
      )}
      <CineControls viewport={viewport} narrow={narrow} />
      <div className={classes.group} data-last>
        {narrow ? (
          <MoreMenu viewport={viewport} text={text} run={run} />
        ) : (
          <>
            <ToolButton
              label="Text on the image"
              keyName="T"
              icon={<IconLetterT size={20} />}
              aria-pressed={text}
              onClick={() => run({ do: 'text' })}
            />
            <KeyHelp opened={help} onChange={(opened) => opened !== help && run({ do: 'help' })} />
          </>
        )}
        <ToolButton
          label={full ? 'Leave the whole screen' : 'Whole screen'}
          keyName="M"
          icon={full ? <IconArrowsMinimize size={20} /> : <IconArrowsMaximize size={20} />}
          onClick={() => run({ do: 'fullscreen' })}
        />
      </div>
    </div>
  );
}

/** What a phone has no room for beside the rest. */
function MoreMenu({ viewport, text, run }: Pick<ToolbarProps, 'viewport' | 'text' | 'run'>) {
  const several = useFact(viewport, (facts) => facts.total > 1);
  const fps = useFact(viewport, (facts) => facts.fps);
  return (
    // Its placeholder for the first focus is nothing that a menu may hold (WAI-ARIA 1.2, menu).
    <Menu position="top-end" shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ToolButton label="More" icon={<IconDots size={20} />} />
      </Menu.Target>
      <Menu.Dropdown>
        {acts.map(({ act, label, icon }) => (
          <Menu.Item key={act} leftSection={icon} mih={44} onClick={() => run({ do: act })}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<IconLetterT size={20} />} mih={44} onClick={() => run({ do: 'text' })}>
          {text ? 'Hide the text' : 'Show the text'}
        </Menu.Item>
        {several && (
          <>
            <Menu.Divider />
            <Menu.Label>Play at</Menu.Label>
            <div className={classes.speeds}>
              {[5, 15, 30].map((speed) => (
                <Menu.Item key={speed} mih={44} aria-current={speed === fps} onClick={() => viewport.playAt(speed)}>
                  {speed} fps
                </Menu.Item>
              ))}
            </div>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
