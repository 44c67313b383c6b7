import { ThemeIcon, VisuallyHidden } from '@mantine/core';
import type { AuditRecord } from '@symbolon/contract';
import { IconAlertTriangle, IconBan, IconCheck } from '@tabler/icons-react';
import { outcomeLabels } from './record-words.ts';

const marks = {
  success: { color: 'teal', Icon: IconCheck },
  refused: { color: 'orange', Icon: IconBan },
  failure: { color: 'red', Icon: IconAlertTriangle },
} as const;

/** How it ended, by shape, by colour and by word. */
export function OutcomeMark({ outcome }: { readonly outcome: AuditRecord['outcome'] }) {
  const { color, Icon } = marks[outcome];
  return (
    <ThemeIcon variant="light" color={color} size={24} radius="xl">
      <Icon size={15} aria-hidden />
      <VisuallyHidden>{outcomeLabels[outcome]}</VisuallyHidden>
    </ThemeIcon>
  );
}
