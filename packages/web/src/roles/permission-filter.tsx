import { SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import classes from '../administration/administration.module.css';

type PermissionFilterProps<Shown extends string> = {
  readonly words: string;
  readonly onWords: (words: string) => void;
  /** Which of them, besides the words. */
  readonly choices?: readonly { readonly value: Shown; readonly label: string }[];
  readonly shown?: Shown;
  readonly onShown?: (shown: Shown) => void;
};

/** Looks for permissions by words, and where there are choices, by one of them. */
export function PermissionFilter<Shown extends string>(props: PermissionFilterProps<Shown>) {
  const { words, onWords, choices, shown, onShown } = props;
  const field = (
    <TextInput
      label="Words"
      placeholder="study download"
      leftSection={<IconSearch size={16} aria-hidden />}
      autoComplete="off"
      spellCheck={false}
      size="md"
      value={words}
      onChange={({ currentTarget }) => onWords(currentTarget.value)}
    />
  );
  if (choices === undefined || shown === undefined) return field;
  return (
    <div className={classes.filters}>
      {field}
      <SegmentedControl
        aria-label="Which permissions"
        className={classes.choose ?? ''}
        classNames={{ label: classes.chooseLabel ?? '' }}
        data={choices.map(({ value, label }) => ({ value, label }))}
        value={shown}
        onChange={(value) => onShown?.(value as Shown)}
      />
    </div>
  );
}
