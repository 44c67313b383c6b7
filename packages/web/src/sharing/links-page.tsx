import './styles.ts';
import { Button, SegmentedControl, Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import type { LinkRow } from '@symbolon/contract';
import { IconLink } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { LinkItem } from './link-item.tsx';
import { useLinks } from './link-queries.ts';
import { type LinkFilter, linkFilterOf, linkFilters, passing, stateLabels } from './link-words.ts';
import classes from './sharing.module.css';
import { useNow } from './use-now.ts';

/** Every link of the account: what is open to outsiders now, what was, and how it was used. */
export function LinksPage() {
  const { data, error, isPending, refetch } = useLinks();
  return (
    <Page title="Links">
      {isPending && <Waiting />}
      {error !== null && <ProblemNotice error={error} onRetry={() => refetch()} />}
      {data !== undefined && (data.length === 0 ? <NoLinks /> : <Links links={data} />)}
    </Page>
  );
}

function Links({ links }: { readonly links: readonly LinkRow[] }) {
  const { state } = useSearch({ strict: false }) as { readonly state?: unknown };
  const navigate = useNavigate();
  const now = useNow();
  const filter = linkFilterOf(state);
  const choose = (next: LinkFilter) =>
    navigate({ to: '/links', search: next === 'all' ? {} : { state: next }, replace: true });
  const shown = passing(links, filter, now);
  const labelOf = (value: LinkFilter) => (
    <>
      {value === 'all' ? 'All' : stateLabels[value]}{' '}
      <span className={classes.count}>{passing(links, value, now).length}</span>
    </>
  );
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label="Which links"
        className={classes.filter ?? ''}
        classNames={{ label: classes.filterLabel ?? '' }}
        data={linkFilters.map((value) => ({ value, label: labelOf(value) }))}
        value={filter}
        onChange={(value) => choose(linkFilterOf(value))}
      />
      {shown.length === 0 ? (
        <Empty icon={<IconLink size={28} />} title="No link is like that">
          <Button variant="default" onClick={() => choose('all')}>
            Show all links
          </Button>
        </Empty>
      ) : (
        <ul className={classes.list}>
          {shown.map((link) => (
            <LinkItem key={link.id} link={link} now={now} withStudy />
          ))}
        </ul>
      )}
    </Stack>
  );
}

function NoLinks() {
  return (
    <Empty icon={<IconLink size={28} />} title="No study is shared by a link">
      <p>With a link somebody without an account can look at one study. Open a study and choose “Share”.</p>
      <Button renderRoot={(props) => <Link {...props} to="/studies" />}>Go to the studies</Button>
    </Empty>
  );
}

function Waiting() {
  return (
    <Stack gap="sm" role="status">
      <VisuallyHidden>Loading the links</VisuallyHidden>
      {['a', 'b', 'c'].map((name) => (
        <Skeleton key={name} height={130} radius="md" />
      ))}
    </Stack>
  );
}
