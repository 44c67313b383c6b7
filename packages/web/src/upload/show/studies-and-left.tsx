import { Stack, Title } from '@mantine/core';
import { useId } from 'react';
import { chosenStudies, type UploadState } from '../upload-state.ts';
import { LeftList } from './left-list.tsx';
import { StudyList } from './study-list.tsx';

type StudiesAndLeftProps = { readonly state: UploadState; readonly leftTitle: string };

/** How far each study that was chosen is, and what stays behind. */
export function StudiesAndLeft({ state, leftTitle }: StudiesAndLeftProps) {
  const id = useId();
  return (
    <>
      <section aria-labelledby={`${id}-studies`}>
        <Title order={2} size="h5" id={`${id}-studies`} mb="xs">
          Studies
        </Title>
        <Stack gap="xs">
          <StudyList studies={chosenStudies(state)} unchosen={new Set()} progress={state.progress} />
        </Stack>
      </section>
      {state.left.length > 0 && (
        <section aria-labelledby={`${id}-left`}>
          <Title order={2} size="h5" id={`${id}-left`} mb="xs">
            {leftTitle}
          </Title>
          <LeftList left={state.left} />
        </section>
      )}
    </>
  );
}
