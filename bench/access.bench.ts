/**
 * What the policy engine costs, warm: `may` for the built-in roles and for a person in twenty groups; the reach of a search; and
 * the rights that are put together once for each request.
 *
 * Prints a line of JSON a figure. Units: microseconds for one call, the median of the rounds.
 */
import { randomUUID } from 'node:crypto';
import { type Action, actions, allPermissions, builtinDecisions, type Decisions, roles } from '@symbolon/contract';
import { may, reachOf, rightsOf, type SignedIn, type Thing } from '../packages/server/src/access/index.ts';
import { median, print } from './measure.ts';

const rounds = Number(process.env.ROUNDS ?? 15);
const calls = 200_000;
const everyAction = Object.keys(actions) as Action[];
const accountId = randomUUID();
const groups = Array.from({ length: 20 }, () => ({ namespaceId: randomUUID(), decisions: builtinDecisions.member }));
/** A role of an account's own that says something of everything. */
const large: Decisions = Object.fromEntries(
  allPermissions.map((name, at) => [name, at % 7 === 0 ? 'deny' : 'permit'] as const),
);

function person(decisions: Decisions, some: typeof groups): SignedIn {
  const rights = rightsOf(decisions, some, { operates: true, scope: null });
  const role = { id: randomUUID(), name: 'Own', builtin: null };
  const who = { userId: randomUUID(), accountId, namespaceId: randomUUID(), credentialId: randomUUID() };
  return {
    kind: 'person',
    by: 'token',
    ...who,
    role,
    rights,
    address: '192.0.2.1',
    steps: [],
    proven: true,
    identitiesClosed: false,
  };
}

/** Studies as they are met: one's own, of a group, granted to several, of somebody else, awaiting approval, of another account. */
const thingsOf = ({ namespaceId }: SignedIn): Thing[] => [
  { accountId, studyId: randomUUID(), namespaceId, unapproved: false, grantedTo: [] },
  { accountId, studyId: randomUUID(), namespaceId: groups[19]!.namespaceId, unapproved: false, grantedTo: [] },
  { accountId, namespaceId: randomUUID(), grantedTo: [randomUUID(), groups[3]!.namespaceId, namespaceId] },
  { accountId, namespaceId: randomUUID(), grantedTo: groups.map((group) => group.namespaceId) },
  { accountId, namespaceId: randomUUID(), grantedTo: [] },
  { accountId, namespaceId, unapproved: true, grantedTo: [] },
  { accountId: randomUUID(), namespaceId: randomUUID(), grantedTo: [] },
];

/** What one call takes, in µs. What it gives is summed up, so that nothing is left out. */
function timed(call: (at: number) => boolean, many = calls): number {
  let yes = 0;
  const times: number[] = [];
  for (let round = -3; round < rounds; round += 1) {
    const started = performance.now();
    for (let at = 0; at < many; at += 1) if (call(at)) yes += 1;
    if (round >= 0) times.push(((performance.now() - started) * 1000) / many);
  }
  if (yes < 0) throw new Error('never');
  return median(times);
}

const people: readonly (readonly [string, SignedIn])[] = [
  ...roles.map((role) => [role, person(builtinDecisions[role], [])] as const),
  ['a member in 20 groups', person(builtinDecisions.member, groups)],
  ['a role of 170 decisions in 20 groups', person(large, groups)],
];
for (const [name, who] of people) {
  const things = thingsOf(who);
  const one = (at: number) => may(who, everyAction[at % everyAction.length] as Action, things[at % things.length]);
  print(`may, ${name}`, timed(one), 'µs', rounds);
  const nothing = (at: number) => may(who, everyAction[at % everyAction.length] as Action);
  print(`may without a thing, ${name}`, timed(nothing), 'µs', rounds);
  print(
    `reachOf, ${name}`,
    timed(() => reachOf(who, 'study.search').permitted.all, 20_000),
    'µs',
    rounds,
  );
}
for (const [name, decisions, some] of [
  ['a member', builtinDecisions.member, []],
  ['a member in 20 groups', builtinDecisions.member, groups],
  ['a role of 170 decisions in 20 groups', large, groups],
] as const) {
  const put = () => rightsOf(decisions, some, { operates: true, scope: null }).operates;
  print(`rights put together, ${name}`, timed(put, 2_000), 'µs', rounds);
}
