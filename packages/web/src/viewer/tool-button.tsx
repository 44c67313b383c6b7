import { Tooltip } from '@mantine/core';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import classes from './viewer.module.css';

type ToolButtonProps = Omit<ComponentPropsWithRef<'button'>, 'children' | 'aria-label'> & {
  readonly label: string;
  /** The key that does the same. */
  readonly keyName?: string | undefined;
  readonly icon: ReactNode;
  /** Shown beside the icon. */
  readonly text?: string | undefined;
};

export function ToolButton({ label, keyName, icon, text, ...rest }: ToolButtonProps) {
  return (
    <Tooltip
      label={keyName === undefined ? label : `${label} (${keyName})`}
      openDelay={400}
      disabled={rest['aria-expanded'] === true}
    >
      <button type="button" {...rest} className={classes.tool} aria-label={label} aria-keyshortcuts={keyName}>
        {icon}
        {text !== undefined && <span>{text}</span>}
      </button>
    </Tooltip>
  );
}
