import type { Action } from '@symbolon/contract';
import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { mayDo, useMe } from '../app/session.ts';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';

type AdministratorsPageProps = {
  readonly title: string;
  readonly needs: Action;
  /** Whose page it is, for who may not see it: “The keys are for administrators”. */
  readonly forWhom: string;
  readonly width?: 'normal' | 'narrow';
  readonly actions?: ReactNode;
  readonly hiddenTitle?: boolean;
  readonly children: ReactNode;
};

/** A page for administrators; whoever else comes to it is told so. What is in it is not made before it may be seen. */
export function AdministratorsPage(props: AdministratorsPageProps) {
  const { title, needs, forWhom, width = 'narrow', actions, hiddenTitle = false, children } = props;
  const me = useMe();
  const may = mayDo(me, needs);
  return (
    <Page title={title} width={width} actions={may ? actions : undefined} hiddenTitle={hiddenTitle && may}>
      {may ? (
        children
      ) : (
        <Empty icon={<IconLock size={28} />} title={forWhom}>
          Ask an administrator of your account.
        </Empty>
      )}
    </Page>
  );
}
