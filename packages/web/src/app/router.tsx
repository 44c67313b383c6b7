import { pages } from '@symbolon/contract';
import {
  type AnyRoute,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
} from '@tanstack/react-router';
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

const below =
  (parent: typeof bare | typeof signedIn) =>
  (path: string, component: RouteComponent): AnyRoute =>
    createRoute({ getParentRoute: () => parent, path: at(path), component });
const barePage = below(bare);
const page = below(signedIn);

const bareRoutes = [
  barePage(
    pages.setup,
    lazyRouteComponent(() => import('../people/setup-page.tsx'), 'SetupPage'),
  ),
  barePage(
    pages.signIn,
    lazyRouteComponent(() => import('../people/sign-in-page.tsx'), 'SignInPage'),
  ),
  barePage(
    pages.invitation,
    lazyRouteComponent(() => import('../people/invitation-page.tsx'), 'InvitationPage'),
  ),
  barePage(
    pages.reset,
    lazyRouteComponent(() => import('../people/reset-page.tsx'), 'ResetPage'),
  ),
  barePage(
    pages.newAddress,
    lazyRouteComponent(() => import('../people/new-address-page.tsx'), 'NewAddressPage'),
  ),
  barePage(
    pages.shared,
    lazyRouteComponent(() => import('../sharing/landing-page.tsx'), 'LandingPage'),
  ),
];

const signedInRoutes = [
  page(
    pages.worklist,
    lazyRouteComponent(() => import('../studies/worklist-page.tsx'), 'WorklistPage'),
  ),
  page(
    pages.study,
    lazyRouteComponent(() => import('../studies/study-page.tsx'), 'StudyPage'),
  ),
  page(
    pages.upload,
    lazyRouteComponent(() => import('../upload/upload-page.tsx'), 'UploadPage'),
  ),
  page(
    pages.links,
    lazyRouteComponent(() => import('../sharing/links-page.tsx'), 'LinksPage'),
  ),
  page(
    pages.conflicts,
    lazyRouteComponent(() => import('../conflicts/kept-aside-page.tsx'), 'KeptAsidePage'),
  ),
  page(
    pages.conflict,
    lazyRouteComponent(() => import('../conflicts/conflict-page.tsx'), 'ConflictPage'),
  ),
  page(
    pages.openings,
    lazyRouteComponent(() => import('../openings/openings-page.tsx'), 'OpeningsPage'),
  ),
  page(
    pages.erasures,
    lazyRouteComponent(() => import('../erasure/erasures-page.tsx'), 'ErasuresPage'),
  ),
  page(
    pages.keys,
    lazyRouteComponent(() => import('../keys/keys-page.tsx'), 'KeysPage'),
  ),
  page(
    pages.storage,
    lazyRouteComponent(() => import('../storage/storage-page.tsx'), 'StoragePage'),
  ),
  page(
    pages.backups,
    lazyRouteComponent(() => import('../backups/backups-page.tsx'), 'BackupsPage'),
  ),
  page(
    pages.people,
    lazyRouteComponent(() => import('../people/people-page.tsx'), 'PeoplePage'),
  ),
  page(
    pages.person,
    lazyRouteComponent(() => import('../people/person-page.tsx'), 'PersonPage'),
  ),
  page(
    pages.groups,
    lazyRouteComponent(() => import('../groups/groups-page.tsx'), 'GroupsPage'),
  ),
  page(
    pages.group,
    lazyRouteComponent(() => import('../groups/group-page.tsx'), 'GroupPage'),
  ),
  page(
    pages.location,
    lazyRouteComponent(() => import('../groups/group-page.tsx'), 'LocationPage'),
  ),
  page(
    pages.roles,
    lazyRouteComponent(() => import('../roles/roles-page.tsx'), 'RolesPage'),
  ),
  page(
    pages.roleComparison,
    lazyRouteComponent(() => import('../roles/comparison-page.tsx'), 'ComparisonPage'),
  ),
  page(
    pages.role,
    lazyRouteComponent(() => import('../roles/role-page.tsx'), 'RolePage'),
  ),
  page(
    pages.tokens,
    lazyRouteComponent(() => import('../tokens/tokens-page.tsx'), 'TokensPage'),
  ),
  page(
    pages.security,
    lazyRouteComponent(() => import('../security/security-page.tsx'), 'SecurityPage'),
  ),
  page(
    pages.account,
    lazyRouteComponent(() => import('../account/account-page.tsx'), 'AccountPage'),
  ),
  page(
    pages.accountSignIn,
    lazyRouteComponent(() => import('../sign-in-policy/policy-page.tsx'), 'PolicyPage'),
  ),
  page(
    pages.terms,
    lazyRouteComponent(() => import('../terms/terms-page.tsx'), 'TermsPage'),
  ),
  page(
    pages.accounts,
    lazyRouteComponent(() => import('../account/accounts-page.tsx'), 'AccountsPage'),
  ),
  page(
    pages.audit,
    lazyRouteComponent(() => import('../audit/audit-page.tsx'), 'AuditPage'),
  ),
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
