import { Text } from '@mantine/core';
import { pages, pathOf } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import { LongList } from '../administration/long-list.tsx';
import { formatMoment } from '../ui/amounts.ts';
import classes from './storage.module.css';
import { useFindings } from './storage-queries.ts';
import { findingText } from './storage-words.ts';

/** What is damaged in this account, each with the study that it belongs to. */
export function Findings({ damaged }: { readonly damaged: number }) {
  return (
    <LongList
      found={useFindings(damaged)}
      itemsOf={({ findings }) => findings}
      waiting="Loading what is damaged"
      empty={<Text size="sm">What is damaged belongs to other accounts of this exchange.</Text>}
    >
      {(findings) => (
        <ul className={classes.findings} aria-label="Damaged">
          {findings.map((finding) => (
            <li key={finding.pack}>
              <Link to={pathOf(pages.study, { studyId: finding.studyId })}>Open the study</Link>
              <span>{findingText(finding)}</span>
              <Text span size="xs" c="dimmed">
                {finding.code}, found {formatMoment(finding.firstFoundAt)}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </LongList>
  );
}
