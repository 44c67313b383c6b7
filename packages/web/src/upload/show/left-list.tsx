import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { formatCount } from '../../ui/amounts.ts';
import { harmless, type LeftEntry, type LeftGroup } from '../messages.ts';
import classes from '../upload.module.css';
import { askList } from '../upload-actions.ts';
import { useUpload } from '../upload-store.ts';
import { groupAdvice, groupTitle } from './group-words.ts';

/** What is not sent, or was not taken, by reason; each can be opened. */
export function LeftList({ left }: { readonly left: readonly LeftGroup[] }) {
  const loud = left.filter(({ group }) => !harmless.has(group));
  const quiet = left.filter(({ group }) => harmless.has(group));
  return (
    <div>
      {[...loud, ...quiet].map((group) => (
        <LeftDetails key={group.group} left={group} />
      ))}
    </div>
  );
}

function LeftDetails({ left: { group, count, example } }: { readonly left: LeftGroup }) {
  const [open, setOpen] = useState(false);
  const entries: readonly LeftEntry[] = useUpload().lists.get(group) ?? [];
  return (
    <details
      className={classes.left}
      onToggle={(event) => {
        const opened = event.currentTarget.open;
        setOpen(opened);
        if (opened && entries.length === 0) askList(group);
      }}
    >
      <summary>
        {groupTitle(group, count)}
        {!open && (
          <Text component="span" size="sm" c="dimmed">
            {count > 1 ? ', for example ' : ': '}
            <bdi>{example}</bdi>
          </Text>
        )}
      </summary>
      <Text size="sm">{groupAdvice(group)}</Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <ul className={classes.files} tabIndex={0} aria-label={groupTitle(group, count)}>
        {entries.map(({ path, reason }) => (
          <li key={path}>
            <bdi>{path}</bdi>
            <Text component="span" size="xs" c="dimmed">
              {' '}
              {reason}
            </Text>
          </li>
        ))}
      </ul>
      {entries.length < count && entries.length > 0 && (
        <Button size="xs" variant="default" onClick={() => askList(group)}>
          Show more of {formatCount(count - entries.length)}
        </Button>
      )}
    </details>
  );
}
