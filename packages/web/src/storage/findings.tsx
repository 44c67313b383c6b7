import { Button, Text } from '@mantine/core';
import { pages, pathOf } from '@symbolon/contract';
import { Link } from '@tanstack/react-router';
import { formatMoment } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import classes from './storage.module.css';
import { useFindings } from './storage-queries.ts';
import { findingText } from './storage-words.ts';

/** What is damaged in this account, each with the study that it belongs to. */
export function Findings({ damaged }: { readonly damaged: number }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useFindings(damaged);
  const findings = data?.pages.flatMap((page) => page.findings) ?? [];
  return (
    <>
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && findings.length === 0 && (
        <Text size="sm">What is damaged belongs to other accounts of this exchange.</Text>
      )}
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
      {hasNextPage && (
        <div>
          <Button
            variant="default"
            className={classes.target}
            loading={isFetchingNextPage}
            onClick={() => fetchNextPage()}
          >
            Show more
          </Button>
        </div>
      )}
    </>
  );
}
