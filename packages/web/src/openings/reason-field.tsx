import { Textarea } from '@mantine/core';
import { openingReasonLength } from '@symbolon/contract';
import { reasonFault } from './opening-words.ts';

type ReasonFieldProps = {
  readonly value: string;
  readonly tried: boolean;
  readonly onChange: (value: string) => void;
};

/** Why something is opened: kept, and shown to whoever reviews it. */
export function ReasonField({ value, tried, onChange }: ReasonFieldProps) {
  return (
    <Textarea
      label="Why"
      description="Is kept, and shown to the administrators who review it."
      required
      autosize
      minRows={2}
      maxRows={6}
      maxLength={openingReasonLength.longest}
      value={value}
      error={tried && reasonFault(value)}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
