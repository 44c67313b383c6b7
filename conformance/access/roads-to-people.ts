import { randomUUID } from 'node:crypto';
import type { About, Road } from './roads.ts';

const at =
  (path: string, method = 'GET', json?: unknown): Road =>
  () => ({ path, method, ...(json !== undefined && { json }) });
const to =
  (path: (about: About) => string, method = 'GET', json?: (about: About) => unknown): Road =>
  (about) => ({ path: path(about), method, ...(json && { json: json(about) }) });

const user =
  (rest = '') =>
  ({ here: { about }, role, place }: About): string =>
    `/api/v1/users/${about.userAt(role, place)}${rest}`;
const invited = ({ here: { about }, place }: About): string => `/api/v1/users/${about.invitedAt(place)}/invitation`;
const role =
  (rest = '') =>
  ({ here: { about }, place }: About): string =>
    `/api/v1/roles/${about.roleAt(place)}${rest}`;
const group =
  (kind: 'group' | 'location') =>
  ({ here: { about }, place }: About): string =>
    `/api/v1/${kind}s/${about.groupAt(kind, place).groupId}`;
const member =
  (kind: 'group' | 'location') =>
  (about: About): string =>
    `${group(kind)(about)}/members/${about.here.about.userAt(about.role, about.place)}`;
const token = ({ here: { about }, role: whose, place }: About): string => about.tokenAt(whose, place);
const account = ({ here: { foreigner, about }, place }: About): string =>
  place === 'other' ? foreigner.accountId : about.roleAt('absent');
const study =
  (rest: string) =>
  ({ study: { id } }: About): string =>
    `/api/v1/studies/${id}${rest}`;
const secret = `${'00000000-0000-4000-8000-000000000000'}.${'A'.repeat(43)}`;
const reason = 'Vertretung in der Nacht';
let made = 0;
const newName = (): string => {
  made += 1;
  return `Neu ${made}`;
};

/** As a browser would send it; nobody made such a one. */
const passkeyOfNobody = {
  challenge: randomUUID(),
  answer: {
    id: 'AAAA',
    rawId: 'AAAA',
    type: 'public-key',
    response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
  },
};

export const readingPeople: Readonly<Record<string, Road>> = {
  'GET /api/v1/account': at('/api/v1/account'),
  'GET /api/v1/account/addresses': at('/api/v1/account/addresses'),
  'GET /api/v1/account/sign-in-policy': at('/api/v1/account/sign-in-policy'),
  'POST /api/v1/account/sign-in-policy/effects': at('/api/v1/account/sign-in-policy/effects', 'POST', { policy: {} }),
  'GET /api/v1/accounts': at('/api/v1/accounts'),
  'GET /api/v1/accounts/:accountId/usage': to((about) => `/api/v1/accounts/${account(about)}/usage`),
  'GET /api/v1/groups': at('/api/v1/groups'),
  'GET /api/v1/groups/:groupId': to(group('group')),
  'GET /api/v1/locations': at('/api/v1/locations'),
  'GET /api/v1/locations/:groupId': to(group('location')),
  'GET /api/v1/me/accounts': at('/api/v1/me/accounts'),
  'GET /api/v1/me/password': at('/api/v1/me/password'),
  'GET /api/v1/me/sessions': at('/api/v1/me/sessions'),
  'GET /api/v1/account/terms': at('/api/v1/account/terms'),
  'GET /api/v1/account/terms/versions': at('/api/v1/account/terms/versions'),
  'GET /api/v1/account/terms/acceptances': at('/api/v1/account/terms/acceptances'),
  'GET /api/v1/account/terms/acceptances.csv': at('/api/v1/account/terms/acceptances.csv'),
  'GET /api/v1/me/factors': at('/api/v1/me/factors'),
  'GET /api/v1/me/devices': at('/api/v1/me/devices'),
  'GET /api/v1/openapi.json': at('/api/v1/openapi.json'),
  'GET /api/v1/openings': at('/api/v1/openings'),
  'GET /api/v1/openings/status': at('/api/v1/openings/status'),
  'GET /api/v1/people-and-groups': at('/api/v1/people-and-groups'),
  'GET /api/v1/permissions': at('/api/v1/permissions'),
  'GET /api/v1/roles': at('/api/v1/roles'),
  'GET /api/v1/roles/:roleId': to(role()),
  'GET /api/v1/roles/compare': to(
    ({ here: { about }, place }) => `/api/v1/roles/compare?one=${about.roleAt('own')}&other=${about.roleAt(place)}`,
  ),
  'GET /api/v1/roles/templates': at('/api/v1/roles/templates'),
  'GET /api/v1/studies/:studyId/grants': to(study('/grants')),
  'GET /api/v1/tokens': (about) => ({
    path: '/api/v1/tokens?limit=200',
    shows: ({ body }) => body.includes(token(about)),
  }),
  'GET /api/v1/users/:userId': to(user()),
  'GET /api/v1/users/:userId/explanation': to(user('/explanation')),
  'GET /api/v1/users/:userId/reach': to(user('/reach')),
  'GET /api/v1/users/:userId/sight': to(user('/sight')),
  // Nobody was invited with that secret.
  'POST /api/v1/invitations/accept': at('/api/v1/invitations/accept', 'POST', {
    secret,
    password: 'Fünf Enten gehen baden 7',
  }),
  'POST /api/v1/password-resets': at('/api/v1/password-resets', 'POST', { email: 'nobody@example.org' }),
  'POST /api/v1/password-resets/look': at('/api/v1/password-resets/look', 'POST', { secret }),
  'POST /api/v1/password-resets/use': at('/api/v1/password-resets/use', 'POST', {
    secret,
    password: 'Fünf Enten gehen baden 7',
  }),
  'POST /api/v1/email-changes/look': at('/api/v1/email-changes/look', 'POST', { secret }),
  'POST /api/v1/email-changes/use': at('/api/v1/email-changes/use', 'POST', {
    secret,
    password: 'Fünf Enten gehen baden 7',
  }),
  'POST /api/v1/invitations/look': at('/api/v1/invitations/look', 'POST', { secret }),
};

/** In an order in which each finds what it needs: who is suspended is let in again, and who is removed is so at the end. */
export const changingPeople: Readonly<Record<string, Road>> = {
  'DELETE /api/v1/tokens/:tokenId': to((about) => `/api/v1/tokens/${token(about)}`, 'DELETE'),
  'PATCH /api/v1/account': at('/api/v1/account', 'PATCH', { name: 'Klinikum Musterstadt' }),
  'POST /api/v1/account/owner': to(
    () => '/api/v1/account/owner',
    'POST',
    ({ here: { about }, role: whose, place }) => ({ userId: about.userAt(whose, place) }),
  ),
  'PUT /api/v1/account/addresses': at('/api/v1/account/addresses', 'PUT', { addresses: [] }),
  'PUT /api/v1/account/sign-in-policy': at('/api/v1/account/sign-in-policy', 'PUT', { policy: {} }),
  'POST /api/v1/accounts': to(
    () => '/api/v1/accounts',
    'POST',
    () => ({ name: newName(), owner: { email: `neu-${made}@example.org` } }),
  ),
  'POST /api/v1/accounts/:accountId/invitation': to((about) => `/api/v1/accounts/${account(about)}/invitation`, 'POST'),
  'PUT /api/v1/accounts/:accountId/quota': to(
    (about) => `/api/v1/accounts/${account(about)}/quota`,
    'PUT',
    () => ({ maxInstances: null, maxBytes: null }),
  ),
  'DELETE /api/v1/me/sessions': at('/api/v1/me/sessions', 'DELETE'),
  'DELETE /api/v1/me/sessions/:sessionId': to(() => `/api/v1/me/sessions/${randomUUID()}`, 'DELETE'),
  'PUT /api/v1/me/email': at('/api/v1/me/email', 'PUT', { current: 'x', email: 'y@example.org' }),
  'POST /api/v1/me/factors': at('/api/v1/me/factors', 'POST', {
    kind: 'totp',
    enrolment: randomUUID(),
    label: 'Telefon',
    code: '123456',
  }),
  'POST /api/v1/me/factors/totp': at('/api/v1/me/factors/totp', 'POST'),
  'POST /api/v1/me/factors/passkey': at('/api/v1/me/factors/passkey', 'POST'),
  'DELETE /api/v1/me/factors/:factorId': to(() => `/api/v1/me/factors/${randomUUID()}`, 'DELETE'),
  'POST /api/v1/me/recovery-codes': at('/api/v1/me/recovery-codes', 'POST'),
  'DELETE /api/v1/me/devices/:deviceId': to(() => `/api/v1/me/devices/${randomUUID()}`, 'DELETE'),
  'POST /api/v1/session/factor': at('/api/v1/session/factor', 'POST', { proof: { kind: 'totp', code: '123456' } }),
  'POST /api/v1/sessions/passkey-challenge': at('/api/v1/sessions/passkey-challenge', 'POST'),
  'POST /api/v1/sessions/passkey': at('/api/v1/sessions/passkey', 'POST', passkeyOfNobody),
  'PUT /api/v1/me/password': at('/api/v1/me/password', 'PUT', { current: 'x', password: 'y' }),
  'POST /api/v1/session/proof': at('/api/v1/session/proof', 'POST', { password: 'x' }),
  'POST /api/v1/session/lock': at('/api/v1/session/lock', 'POST'),
  'POST /api/v1/session/identities': at('/api/v1/session/identities', 'POST', { password: 'x' }),
  'DELETE /api/v1/session/identities': at('/api/v1/session/identities', 'DELETE'),
  'PUT /api/v1/me/second-password': at('/api/v1/me/second-password', 'PUT', { current: 'x', password: 'y' }),
  // The text that holds: nobody has to accept anything while the others are asked.
  'PUT /api/v1/account/terms': at('/api/v1/account/terms', 'PUT', { text: '', after: 0 }),
  'POST /api/v1/account/terms/acceptance': at('/api/v1/account/terms/acceptance', 'POST', { version: 1 }),
  'DELETE /api/v1/users/:userId/second-password': to(user('/second-password'), 'DELETE'),
  'POST /api/v1/session/account': to(
    () => '/api/v1/session/account',
    'POST',
    (about) => ({ accountId: about.place === 'own' ? about.here.colleague.accountId : account(about) }),
  ),
  'POST /api/v1/services': to(
    () => '/api/v1/services',
    'POST',
    () => ({ name: newName() }),
  ),
  'POST /api/v1/users': to(
    () => '/api/v1/users',
    'POST',
    () => ({ email: `${newName().replace(' ', '')}@example.org` }),
  ),
  'PATCH /api/v1/users/:userId': to(user(), 'PATCH', () => ({ name: 'Ein Name' })),
  'POST /api/v1/users/:userId/invitation': to(invited, 'POST'),
  'POST /api/v1/users/:userId/password-reset': to(user('/password-reset'), 'POST'),
  'POST /api/v1/users/:userId/password-change': to(user('/password-change'), 'POST'),
  'POST /api/v1/users/:userId/suspension': to(user('/suspension'), 'POST'),
  'DELETE /api/v1/users/:userId/suspension': to(user('/suspension'), 'DELETE'),
  'DELETE /api/v1/users/:userId/factors': to(user('/factors'), 'DELETE'),
  'PUT /api/v1/users/:userId/role': to(user('/role'), 'PUT', ({ here: { about }, role: whose, place }) => ({
    roleId: about.roleOf(whose, place),
  })),
  'POST /api/v1/users/:userId/tokens': to(user('/tokens'), 'POST', () => ({
    label: 'neu',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  })),
  'POST /api/v1/roles': to(
    () => '/api/v1/roles',
    'POST',
    () => ({ name: newName() }),
  ),
  'PATCH /api/v1/roles/:roleId': to(role(), 'PATCH', () => ({ says: 'Für niemanden' })),
  'PUT /api/v1/roles/:roleId/addresses': to(role('/addresses'), 'PUT', () => ({ addresses: [] })),
  'PUT /api/v1/roles/:roleId/second-factor': to(role('/second-factor'), 'PUT', () => ({ required: false })),
  'DELETE /api/v1/roles/:roleId': to(role(), 'DELETE'),
  ...Object.fromEntries(
    (['group', 'location'] as const).flatMap((kind): [string, Road][] => [
      [
        `POST /api/v1/${kind}s`,
        to(
          () => `/api/v1/${kind}s`,
          'POST',
          () => ({ name: newName() }),
        ),
      ],
      [`PATCH /api/v1/${kind}s/:groupId`, to(group(kind), 'PATCH', () => ({ mustApprove: false }))],
      [`PUT /api/v1/${kind}s/:groupId/members/:userId`, to(member(kind), 'PUT', () => ({ roleId: null }))],
      [`DELETE /api/v1/${kind}s/:groupId/members/:userId`, to(member(kind), 'DELETE')],
      [`DELETE /api/v1/${kind}s/:groupId`, to(group(kind), 'DELETE')],
    ]),
  ),
  'POST /api/v1/studies/:studyId/grants': to(study('/grants'), 'POST', ({ here: { about } }) => ({
    to: { userId: about.witness.userId },
    seriesIds: null,
    expiresAt: null,
  })),
  'DELETE /api/v1/studies/:studyId/grants/:grantId': to(
    (about) => study(`/grants/${about.study.grantId}`)(about),
    'DELETE',
  ),
  'POST /api/v1/studies/:studyId/opening': to(study('/opening'), 'POST', () => ({ reason })),
  'POST /api/v1/emergency': to(
    () => '/api/v1/emergency',
    'POST',
    ({ study: { patientId } }) => ({ reason, by: { patientId } }),
  ),
  'POST /api/v1/openings/:openingId/review': to(
    ({ here: { about } }) => `/api/v1/openings/${about.roleAt('absent')}/review`,
    'POST',
    () => ({}),
  ),
  'POST /api/v1/studies/:studyId/approval': to(study('/approval'), 'POST'),
  'DELETE /api/v1/studies/:studyId/approval': to(study('/approval'), 'DELETE'),
  'DELETE /api/v1/users/:userId': to(user(), 'DELETE'),
};
