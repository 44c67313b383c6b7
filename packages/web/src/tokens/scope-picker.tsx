import { Button, Checkbox, Text } from '@mantine/core';
import type { Permission } from '@symbolon/contract';
import { useDeferredValue, useState } from 'react';
import classes from '../administration/administration.module.css';
import { sectionsWith } from '../roles/catalogue.ts';
import { PermissionFilter } from '../roles/permission-filter.tsx';
import { formatCount } from '../ui/amounts.ts';
import { usualScopes } from './token-words.ts';

type ScopePickerProps = {
  /** What the holder of the token has. */
  readonly held: readonly Permission[];
  readonly chosen: readonly Permission[];
  readonly onChoose: (scope: readonly Permission[]) => void;
};

/** The permissions that a token carries, of those that its holder has. */
export function ScopePicker({ held, chosen, onChoose }: ScopePickerProps) {
  const [words, setWords] = useState('');
  const has = new Set(held);
  const isChosen = new Set(chosen);
  const sections = sectionsWith(useDeferredValue(words), ({ permission }) => has.has(permission));
  const usual = usualScopes
    .map((scope) => ({ ...scope, permissions: scope.permissions.filter((name) => has.has(name)) }))
    .filter(({ permissions }) => permissions.length > 0);
  const toggle = (permission: Permission, on: boolean) =>
    onChoose(on ? [...chosen, permission] : chosen.filter((name) => name !== permission));
  return (
    <fieldset className={classes.fieldset}>
      <legend>What it may do</legend>
      <div className={classes.quick}>
        {usual.map(({ name, says, permissions }) => (
          <Button
            key={name}
            variant="default"
            className={classes.target}
            title={says}
            onClick={() => onChoose([...new Set([...chosen, ...permissions])])}
          >
            {name}
          </Button>
        ))}
      </div>
      <PermissionFilter words={words} onWords={setWords} />
      <Text size="sm" c="dimmed" role="status" my={6}>
        {chosen.length === 0 ? 'Nothing is chosen.' : `${formatCount(chosen.length, 'permission')} chosen.`}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className={classes.scroll} aria-label="Permissions to choose from" tabIndex={0}>
        {sections.length === 0 && (
          <Text size="sm" py="xs">
            {held.length === 0
              ? 'Its holder has no permission that a token could carry.'
              : 'No permission is like that.'}
          </Text>
        )}
        {sections.map(({ object, title, rows }) => (
          <div key={object}>
            <Text size="sm" fw={600} mt="xs">
              {title}
            </Text>
            {rows.map(({ permission, says }) => (
              <Checkbox
                key={permission}
                classNames={{ body: classes.choice ?? '' }}
                label={<code>{permission}</code>}
                description={says}
                checked={isChosen.has(permission)}
                onChange={({ currentTarget }) => toggle(permission, currentTarget.checked)}
              />
            ))}
          </div>
        ))}
      </section>
    </fieldset>
  );
}
