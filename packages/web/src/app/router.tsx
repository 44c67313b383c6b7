import { pages } from '@symbolon/contract';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { BareLayout } from './bare-layout.tsx';
import { FailedPage } from './failed-page.tsx';
import { HomePage } from './home-page.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { OutageNotice } from './outage-notice.tsx';
import { SignedInLayout } from './signed-in-layout.tsx';
import { WaitingPage } from './waiting-page.tsx';

const root = createRootRoute({
  component: () => (
    <>
      <OutageNotice />
      <Outlet />
    </>
  ),
  notFoundComponent: NotFoundPage,
});

const bare = createRoute({ getParentRoute: () => root, id: 'bare', component: BareLayout });
const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: SignedInLayout });

/** The contract writes a parameter as `:name`, the router as `$name`. */
const at = (page: string): string => page.replaceAll(':', '$');

const home = createRoute({ getParentRoute: () => root, path: at(pages.home), component: HomePage });

const bareRoutes = [
  createRoute({
    getParentRoute: () => bare,
    path: at(pages.setup),
    component: lazyRouteComponent(() => import('../people/setup-page.tsx'), 'SetupPage'),
  }),
  createRoute({
    getParentRoute: () => bare,
    path: at(pages.signIn),
    component: lazyRouteComponent(() => import('../people/sign-in-page.tsx'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => bare,
    path: at(pages.invitation),
    component: lazyRouteComponent(() => import('../people/invitation-page.tsx'), 'InvitationPage'),
  }),
  createRoute({
    getParentRoute: () => bare,
    path: at(pages.shared),
    component: lazyRouteComponent(() => import('../sharing/landing-page.tsx'), 'LandingPage'),
  }),
];

const signedInRoutes = [
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.worklist),
    component: lazyRouteComponent(() => import('../studies/worklist-page.tsx'), 'WorklistPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.study),
    component: lazyRouteComponent(() => import('../studies/study-page.tsx'), 'StudyPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.upload),
    component: lazyRouteComponent(() => import('../upload/upload-page.tsx'), 'UploadPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.links),
    component: lazyRouteComponent(() => import('../sharing/links-page.tsx'), 'LinksPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.conflicts),
    component: lazyRouteComponent(() => import('../conflicts/kept-aside-page.tsx'), 'KeptAsidePage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.conflict),
    component: lazyRouteComponent(() => import('../conflicts/conflict-page.tsx'), 'ConflictPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.openings),
    component: lazyRouteComponent(() => import('../openings/openings-page.tsx'), 'OpeningsPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.erasures),
    component: lazyRouteComponent(() => import('../erasure/erasures-page.tsx'), 'ErasuresPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.keys),
    component: lazyRouteComponent(() => import('../keys/keys-page.tsx'), 'KeysPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.storage),
    component: lazyRouteComponent(() => import('../storage/storage-page.tsx'), 'StoragePage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.backups),
    component: lazyRouteComponent(() => import('../backups/backups-page.tsx'), 'BackupsPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.people),
    component: lazyRouteComponent(() => import('../people/people-page.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.person),
    component: lazyRouteComponent(() => import('../people/person-page.tsx'), 'PersonPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.groups),
    component: lazyRouteComponent(() => import('../groups/groups-page.tsx'), 'GroupsPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.group),
    component: lazyRouteComponent(() => import('../groups/group-page.tsx'), 'GroupPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.location),
    component: lazyRouteComponent(() => import('../groups/group-page.tsx'), 'LocationPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.roles),
    component: lazyRouteComponent(() => import('../roles/roles-page.tsx'), 'RolesPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.roleComparison),
    component: lazyRouteComponent(() => import('../roles/comparison-page.tsx'), 'ComparisonPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.role),
    component: lazyRouteComponent(() => import('../roles/role-page.tsx'), 'RolePage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.tokens),
    component: lazyRouteComponent(() => import('../tokens/tokens-page.tsx'), 'TokensPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.account),
    component: lazyRouteComponent(() => import('../account/account-page.tsx'), 'AccountPage'),
  }),
  createRoute({
    getParentRoute: () => signedIn,
    path: at(pages.audit),
    component: lazyRouteComponent(() => import('../audit/audit-page.tsx'), 'AuditPage'),
  }),
];

/** Search parameters are texts, never anything that an address could make of them. */
const searchParser = {
  parseSearch: (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search: Record<string, unknown>): string => {
    const given = Object.entries(search).flatMap(([name, value]): [string, string][] =>
      value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
    );
    return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
  },
};

export function newRouter() {
  return createRouter({
    routeTree: root.addChildren([home, bare.addChildren(bareRoutes), signedIn.addChildren(signedInRoutes)]),
    ...searchParser,
    defaultErrorComponent: FailedPage,
    defaultPendingComponent: WaitingPage,
    defaultNotFoundComponent: NotFoundPage,
    defaultPreload: 'intent',
    scrollRestoration: true,
    // Kept in the tab's storage: the standard key is the whole address, with the secret that may stand behind its `#`.
    getScrollRestorationKey: ({ pathname, state }) => state.__TSR_key ?? pathname,
  });
}
