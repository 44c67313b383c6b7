import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { pages, type StudyAnswer } from '@symbolon/contract';
import { IconArrowLeft, IconDownload, IconHistory, IconPhoto, IconShare2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatDay } from '../ui/amounts.ts';
import { bornInWords, nameInWords } from './patient-words.ts';
import classes from './study.module.css';
import { Misidentified, Modalities, severalPatients } from './study-marks.tsx';

type StudyHeadProps = {
  readonly study: StudyAnswer;
  /** Where its files are, as one zip. */
  readonly archive: string;
  /** The audit trail is shown instead of the images. */
  readonly audit: boolean;
  /** What stands behind the actions that everybody knows. */
  readonly more?: ReactNode;
  onShare(): void;
  onAudit(shown: boolean): void;
};

/** Whose study it is, what it is, and what can be done with it. */
export function StudyHead({ study, archive, audit, more, onShare, onAudit }: StudyHeadProps) {
  const narrow = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
  const { may, patient } = study;
  const facts = [
    [study.date === null ? '' : formatDay(study.date), study.time ?? ''].filter(Boolean).join(' '),
    study.description,
    study.accession === '' ? '' : `accession ${study.accession}`,
    study.referringPhysician === '' ? '' : `referred by ${study.referringPhysician}`,
    `${formatCount(study.instanceCount, 'image')} in ${formatCount(study.seriesCount, 'series', 'series')}`,
    formatBytes(study.bytes),
  ];
  return (
    <div className={classes.head}>
      <Tooltip label="To the studies">
        <ActionIcon
          component={Link}
          to={pages.worklist}
          variant="subtle"
          color="gray"
          size={40}
          aria-label="To the studies"
        >
          <IconArrowLeft size={20} />
        </ActionIcon>
      </Tooltip>
      <div className={classes.who}>
        <div className={classes.name}>
          <h2>{nameInWords(study)}</h2>
          <span className={classes.patientId}>{patient.id}</span>
          <span className={classes.faint}>{bornInWords(study, formatDay)}</span>
          {study.misidentified && <Misidentified />}
        </div>
        <div className={classes.facts}>
          <Modalities of={study.modalities} /> {facts.filter((fact) => fact !== '').join(' · ')}
        </div>
        {study.misidentified && <div className={classes.facts}>{severalPatients}</div>}
      </div>
      <div className={classes.actions}>
        {may.audit && (
          <Act
            narrow={narrow}
            label={audit ? 'Images' : 'Audit trail'}
            icon={audit ? <IconPhoto size={18} /> : <IconHistory size={18} />}
            onClick={() => onAudit(!audit)}
          />
        )}
        {may.share && <Act narrow={narrow} label="Share" icon={<IconShare2 size={18} />} onClick={onShare} />}
        {may.download && <Act narrow={narrow} label="Download" icon={<IconDownload size={18} />} href={archive} />}
        {more}
      </div>
    </div>
  );
}

type ActProps = {
  readonly narrow: boolean;
  readonly label: string;
  readonly icon: ReactNode;
  readonly href?: string;
  readonly onClick?: () => void;
};

function Act({ narrow, label, icon, href, onClick }: ActProps) {
  if (href !== undefined) {
    return narrow ? (
      <ActionIcon component="a" href={href} download variant="default" size={40} aria-label={label}>
        {icon}
      </ActionIcon>
    ) : (
      <Button component="a" href={href} download variant="default" leftSection={icon}>
        {label}
      </Button>
    );
  }
  return narrow ? (
    <ActionIcon variant="default" size={40} aria-label={label} onClick={onClick}>
      {icon}
    </ActionIcon>
  ) : (
    <Button variant="default" leftSection={icon} onClick={onClick}>
      {label}
    </Button>
  );
}
