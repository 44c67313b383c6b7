import { Badge } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';

export function Modalities({ of }: { readonly of: readonly string[] }) {
  return of.map((modality) => (
    <Badge key={modality} variant="default" radius="sm" tt="none" mr={4}>
      {modality}
    </Badge>
  ));
}

/** What the mark means; the study's own page says it in full, where there is room and no pointer is needed. */
export const severalPatients =
  'The files of this study name more than one patient. Make sure whose images these are before you rely on them.';

/** Stands wherever the name of a study does that awaits approval. */
export function AwaitsApproval() {
  return (
    <Badge color="yellow.4" c="black" variant="filled" radius="sm" tt="none">
      Awaits approval
    </Badge>
  );
}

/** Stands wherever a misidentified study's name does. */
export function Misidentified() {
  return (
    <Badge
      color="yellow.4"
      c="black"
      variant="filled"
      radius="sm"
      tt="none"
      leftSection={<IconAlertTriangle size={12} aria-hidden />}
      title={severalPatients}
      aria-label={`Several patients: ${severalPatients}`}
      role="note"
    >
      Several patients
    </Badge>
  );
}
