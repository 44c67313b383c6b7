import { Group, Loader, Text } from '@mantine/core';
import type { LinkUse } from '@symbolon/contract';
import { IconBan, IconDoorEnter, IconDownload, IconEye } from '@tabler/icons-react';
import { formatMoment } from '../ui/amounts.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useLinkUses } from './link-queries.ts';
import { wordsOfUse } from './link-words.ts';
import classes from './sharing.module.css';

const icons: Readonly<Record<LinkUse['what'], typeof IconEye>> = {
  opened: IconDoorEnter,
  viewed: IconEye,
  downloaded: IconDownload,
  refused: IconBan,
};

/** What was done by a link, newest first: when, what, and from which address. */
export function UsesList({ linkId }: { readonly linkId: string }) {
  const { data, error, isPending, refetch } = useLinkUses(linkId);
  if (isPending) return <Loader size="sm" mt="sm" role="status" aria-label="Loading the uses" />;
  if (data === undefined) return <ProblemNotice error={error} onRetry={() => refetch()} />;
  if (data.length === 0) {
    return (
      <Text size="sm" c="dimmed" mt="sm">
        Nobody has used this link yet.
      </Text>
    );
  }
  const uses = data.map((use, place) => ({ ...use, key: `${use.at} ${data.length - place}` }));
  return (
    <ul className={classes.uses}>
      {uses.map(({ key, at, what, images, address }) => {
        const Icon = icons[what];
        return (
          <li key={key}>
            <time dateTime={at} className={classes.when}>
              {formatMoment(at)}
            </time>
            <Group gap={6} wrap="nowrap">
              <Icon size={16} aria-hidden />
              {wordsOfUse({ what, images })}
            </Group>
            <Text size="sm" c="dimmed" span>
              from {address}
            </Text>
          </li>
        );
      })}
    </ul>
  );
}
