import { Button, Checkbox, Text, TextInput } from '@mantine/core';
import type { Permission } from '@symbolon/contract';
import { IconSearch } from '@tabler/icons-react';
import { useDeferredValue, useState } from 'react';
import classes from '../administration/administration.module.css';
import { sectionsWith } from '../roles/catalogue.ts';
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
      <TextInput
        label="Words"
        placeholder="study download"
        leftSection={<IconSearch size={16} aria-hidden />}
        autoComplete="off"
        spellCheck={false}
        size="md"
        value={words}
        onChange={({ currentTarget }) => setWords(currentTarget.value)}
      />
      <Text size="sm" c="dimmed" role="status" my={6}>
        {chosen.length === 0 ? 'Nothing is chosen.' : `${formatCount(chosen.length, 'permission')} chosen.`}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className={classes.scroll} aria-label="Permissions to choose from" tabIndex={0}>
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
