import { Checkbox, Radio, Stack } from '@mantine/core';
import type { ErasureTarget } from '@symbolon/client';
import type { Erasure, StudyAnswer } from '@symbolon/contract';
import { useState } from 'react';
import { mayDo, useMe } from '../app/session.ts';
import { formatCount } from '../ui/amounts.ts';
import { Dialog } from './dialog.tsx';
import { EraseForm } from './erase-form.tsx';
import classes from './erasure.module.css';

/** The image that the viewer shows, so that it can be erased alone. */
export type ShownImage = { readonly imageId: string; readonly words: string };

type Scope = 'study' | 'series' | 'image' | 'patient';

type EraseDialogProps = {
  readonly study: StudyAnswer;
  readonly shown: ShownImage | null;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onBegun: (erasure: Erasure) => void;
};

/** What is to be erased: the study, some of its series, the image that is shown, or the patient. */
export function EraseDialog({ study, shown, opened, onClose, onBegun }: EraseDialogProps) {
  const me = useMe();
  const [scope, setScope] = useState<Scope>(mayDo(me, 'study.erase') ? 'study' : 'patient');
  const [seriesIds, setSeriesIds] = useState<readonly string[]>([]);
  const target = targetOf(study.id, scope, seriesIds, shown);
  const scopes = [
    ...(mayDo(me, 'study.erase')
      ? [
          { value: 'study', label: 'This study' },
          ...(study.series.length > 1 ? [{ value: 'series', label: 'Some series of it' }] : []),
          ...(shown === null ? [] : [{ value: 'image', label: `The image that is shown: ${shown.words}` }]),
        ]
      : []),
    ...(mayDo(me, 'patient.erase') ? [{ value: 'patient', label: 'The patient, with all their studies' }] : []),
  ];
  return (
    <Dialog title="Erase" opened={opened} onClose={onClose}>
      <Stack gap="md">
        <Radio.Group label="What is erased" value={scope} onChange={(value) => setScope(value as Scope)}>
          <Stack gap={4} mt="xs">
            {scopes.map(({ value, label }) => (
              <Radio key={value} classNames={{ body: classes.choice ?? '' }} value={value} label={label} />
            ))}
          </Stack>
        </Radio.Group>
        {scope === 'series' && <SeriesChoice study={study} chosen={seriesIds} onChoose={setSeriesIds} />}
        {opened && target !== null && (
          <EraseForm key={JSON.stringify(target)} target={target} name={study.patient.name} onBegun={onBegun} />
        )}
      </Stack>
    </Dialog>
  );
}

function targetOf(
  studyId: string,
  scope: Scope,
  seriesIds: readonly string[],
  shown: ShownImage | null,
): ErasureTarget | null {
  if (scope === 'study' || scope === 'patient') return { what: scope, studyId };
  const only = scope === 'series' ? { seriesIds: [...seriesIds] } : { imageIds: shown === null ? [] : [shown.imageId] };
  // Nothing chosen is never taken for everything.
  return Object.values(only).flat().length === 0 ? null : { what: 'study', studyId, only };
}

type SeriesChoiceProps = {
  readonly study: StudyAnswer;
  readonly chosen: readonly string[];
  readonly onChoose: (seriesIds: readonly string[]) => void;
};

function SeriesChoice({ study, chosen, onChoose }: SeriesChoiceProps) {
  return (
    <Checkbox.Group label="Which series" value={[...chosen]} onChange={onChoose}>
      <div className={classes.series}>
        {study.series.map((series, index) => (
          <Checkbox
            key={series.id}
            classNames={{ body: classes.choice ?? '' }}
            value={series.id}
            label={[
              `Series ${series.number ?? index + 1}`,
              series.modality,
              series.description,
              formatCount(series.instanceCount, 'image'),
            ]
              .filter((part) => part !== '')
              .join(', ')}
          />
        ))}
      </div>
    </Checkbox.Group>
  );
}
