import { Button } from '@mantine/core';
import { pages } from '@symbolon/contract';
import { IconMapSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';

export function NotFoundPage() {
  return (
    <main id="main">
      <Page title="There is no such page" width="narrow" hiddenTitle>
        <Empty icon={<IconMapSearch />} title="There is no page at this address">
          <p>Check the address for a mistake, or start from the beginning.</p>
          <Button component={Link} to={pages.home}>
            Go to the start
          </Button>
        </Empty>
      </Page>
    </main>
  );
}
