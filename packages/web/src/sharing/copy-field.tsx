import { Button, Group, Input } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type ReactNode, useId, useRef, useState } from 'react';
import classes from './sharing.module.css';

type CopyFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly description: ReactNode;
  readonly onCopied?: () => void;
};

type Copying = 'not yet' | 'copied' | 'selected';

/** A text to take along. Where the browser lets no page write to the clipboard, it is selected instead. */
export function CopyField({ label, value, description, onCopied }: CopyFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const [copying, setCopying] = useState<Copying>('not yet');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopying('copied');
      onCopied?.();
    } catch {
      field.current?.focus();
      field.current?.select();
      setCopying('selected');
    }
  };
  return (
    <Input.Wrapper label={label} description={description} id={id}>
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <Input
          id={id}
          ref={field}
          size="md"
          className={classes.grow ?? ''}
          classNames={{ input: classes.copied ?? '' }}
          value={value}
          readOnly
          spellCheck={false}
          onFocus={({ currentTarget }) => currentTarget.select()}
          onCopy={onCopied}
        />
        <Button
          h={42}
          variant={copying === 'copied' ? 'light' : 'filled'}
          leftSection={copying === 'copied' ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
          onClick={copy}
          aria-label={`${copying === 'copied' ? 'Copied' : 'Copy'} the ${label.toLowerCase()}`}
        >
          {copying === 'copied' ? 'Copied' : 'Copy'}
        </Button>
      </Group>
      <div role="status" className={copying === 'selected' ? classes.hint : classes.unseen}>
        {copying === 'copied' && `The ${label.toLowerCase()} is copied.`}
        {copying === 'selected' &&
          `This browser lets no page copy for you. The ${label.toLowerCase()} is selected: copy it by hand (Ctrl+C, or ⌘C).`}
      </div>
    </Input.Wrapper>
  );
}
