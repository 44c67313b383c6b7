import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconEraser, IconLock, IconUsers } from '@tabler/icons-react';
import { useRef } from 'react';
import { mayDo, useMe } from '../app/session.ts';

/** `from`: the button of the menu. */
type MoreActionsProps = {
  /** Of this study. */
  readonly mayGrant: boolean;
  onGrants(from: Element | null): void;
  onHold(from: Element | null): void;
  onErase(from: Element | null): void;
};

/** What is done to a study seldom, and never by a slip of the hand: behind a menu, for those who may. */
export function MoreActions({ mayGrant: grants, onGrants, onHold, onErase }: MoreActionsProps) {
  const me = useMe();
  const button = useRef<HTMLButtonElement>(null);
  const hold = mayDo(me, 'hold.place');
  const erase = mayDo(me, 'study.erase') || mayDo(me, 'patient.erase');
  if (!grants && !hold && !erase) return null;
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon ref={button} variant="default" size={40} aria-label="More actions">
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {grants && (
          <Menu.Item
            leftSection={<IconUsers size={18} aria-hidden />}
            mih={44}
            onClick={() => onGrants(button.current)}
          >
            Share with colleagues …
          </Menu.Item>
        )}
        {hold && (
          <Menu.Item leftSection={<IconLock size={18} aria-hidden />} mih={44} onClick={() => onHold(button.current)}>
            Hold …
          </Menu.Item>
        )}
        {erase && (
          <Menu.Item
            leftSection={<IconEraser size={18} aria-hidden />}
            mih={44}
            onClick={() => onErase(button.current)}
          >
            Erase …
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
