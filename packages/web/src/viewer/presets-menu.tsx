import { Popover, UnstyledButton } from '@mantine/core';
import type { VoiWindow } from '@symbolon/contract';
import { IconAdjustments } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './presets.module.css';
import { ToolButton } from './tool-button.tsx';
import { useFact } from './use-facts.ts';
import type { Viewport } from './viewport.ts';
import { ctPresets, windowText } from './window.ts';
import { ownWindow, type WindowChoice } from './window-choice.ts';
import { WindowForm } from './window-form.tsx';

const none: readonly VoiWindow[] = [];

type PresetsMenuProps = { readonly viewport: Viewport; readonly modality: string | undefined };

/** The windows to choose from: those of the images, the usual ones of CT, or a typed one. */
export function PresetsMenu({ viewport, modality }: PresetsMenuProps) {
  const [opened, setOpened] = useState(false);
  const given = useFact(viewport, ({ place }) => place?.image.windows ?? none);
  const grey = useFact(viewport, ({ place }) => place !== null && !place.image.colour);
  const choose = (choice: WindowChoice): void => {
    viewport.chooseWindow(choice);
    setOpened(false);
  };
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      width="18rem"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <ToolButton
          label="Window presets"
          icon={<IconAdjustments size={20} />}
          disabled={!grey}
          onClick={() => setOpened(!opened)}
        />
      </Popover.Target>
      <Popover.Dropdown className={classes.presets} aria-label="Window presets">
        <h2>Of the images</h2>
        {given.length === 0 && <Preset name="As rendered" values="" onChoose={() => choose(ownWindow)} />}
        {given.map((one, index) => (
          <Preset
            // biome-ignore lint/suspicious/noArrayIndexKey: two may have the same name, and their place is what they are
            key={index}
            name={one.name || `Window ${index + 1}`}
            values={windowText(one, '')}
            onChoose={() => choose({ kind: 'own', index })}
          />
        ))}
        {modality === 'CT' && (
          <>
            <h2>CT</h2>
            {ctPresets.map(({ key, name, center, width }) => (
              <Preset
                key={key}
                name={name}
                values={windowText({ center, width }, '')}
                keyName={key}
                onChoose={() => choose({ kind: 'set', window: { center, width } })}
              />
            ))}
          </>
        )}
        <h2>Your own</h2>
        <WindowForm viewport={viewport} onChoose={(window) => choose({ kind: 'set', window })} />
      </Popover.Dropdown>
    </Popover>
  );
}

type PresetProps = {
  readonly name: string;
  readonly values: string;
  readonly keyName?: string;
  onChoose(): void;
};

function Preset({ name, values, keyName, onChoose }: PresetProps) {
  return (
    <UnstyledButton className={classes.preset} aria-keyshortcuts={keyName} onClick={onChoose}>
      <span>{name}</span>
      <span className={classes.values}>{values}</span>
      {keyName !== undefined && <kbd aria-hidden>{keyName}</kbd>}
    </UnstyledButton>
  );
}
