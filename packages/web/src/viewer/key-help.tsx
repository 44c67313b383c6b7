import { Popover } from '@mantine/core';
import { IconKeyboard } from '@tabler/icons-react';
import { keyHelp } from './keys.ts';
import { ToolButton } from './tool-button.tsx';
import classes from './viewer.module.css';

type KeyHelpProps = { readonly opened: boolean; onChange(opened: boolean): void };

export function KeyHelp({ opened, onChange }: KeyHelpProps) {
  return (
    <Popover opened={opened} onChange={onChange} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <ToolButton label="Keys" keyName="?" icon={<IconKeyboard size={20} />} onClick={() => onChange(!opened)} />
      </Popover.Target>
      <Popover.Dropdown tabIndex={-1} aria-label="Keys and buttons of the viewer">
        <dl className={classes.keys}>
          {keyHelp.map(([keys, what]) => (
            <div key={keys}>
              <dt>{keys}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </Popover.Dropdown>
    </Popover>
  );
}
