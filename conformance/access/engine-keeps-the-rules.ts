import { type Action, allPermissions, type Decision, type Decisions, type Permission } from '@symbolon/contract';
import fc from 'fast-check';
import type { Engine } from './engine-copy.ts';
import { extent, handsOutMore, mayDo, maySeeWho, me, permitted, summed, type What, type Who } from './the-rules.ts';

const namespaces = ['mine', 'ours', 'theirs', 'others'];
const study: readonly Action[] = ['study.search', 'study.view', 'study.download', 'study.add'];
const others: readonly Action[] = ['token.revoke', 'backup.view', 'hold.release', 'link.revoke', 'user.view'];

export type Case = { readonly who: Who; readonly what: What; readonly action: Action };

const kinds = [undefined, undefined, 'reason', 'emergency'] as const;

/** Somebody with some decisions, a thing somewhere, and what they want with it. */
export function someCases(run: { readonly seed: number; readonly numRuns: number }): Case[] {
  const decisionsOf = (action: Action): fc.Arbitrary<Decisions> => {
    const about = allPermissions.filter((name) => name.startsWith(`${action}.`) || name === action);
    return fc.dictionary(fc.constantFrom(...about), fc.constantFrom<Decision>('permit', 'permit', 'deny'), {
      maxKeys: 5,
    });
  };
  const grant = fc.tuple(fc.constantFrom(...namespaces), fc.constantFrom(null, 'one', 'two'));
  const what: fc.Arbitrary<What> = fc.record({
    accountId: fc.constantFrom('own', 'own', 'own', 'foreign'),
    namespaceId: fc.constantFrom(...namespaces),
    grants: fc.array(grant, { maxLength: 3 }),
    unapproved: fc.boolean(),
    opened: fc.constantFrom(...kinds),
    othersOpened: fc.constantFrom(...kinds),
    exact: fc.boolean(),
    userId: fc.constantFrom(undefined, 'me', 'you'),
  });
  const one = fc.constantFrom(...study, ...study, ...others).chain((action) => {
    const decisions = decisionsOf(action);
    const about = allPermissions.filter((name) => name.startsWith(action));
    const who: fc.Arbitrary<Who> = fc.record({
      decisions,
      groups: fc
        .tuple(fc.option(decisions), fc.option(decisions), fc.boolean())
        .map(([ours, theirs, both]) => [
          { namespaceId: 'ours', decisions: ours },
          ...(both ? [{ namespaceId: 'theirs', decisions: theirs }] : []),
        ]),
      operates: fc.boolean(),
      scope: fc.oneof(fc.constant(null), fc.subarray(about as string[])),
    });
    return fc.record({ who, what, action: fc.constant(action) });
  });
  return fc.sample(one, run);
}

/** Whether a study is in a reach, as the database asks. */
function isIn(reach: ReturnType<Engine['access']['reachOf']>, what: What): boolean {
  const within = (part: typeof reach.permitted): boolean =>
    part.all ||
    part.livingIn.includes(what.namespaceId) ||
    what.grants.some(([to]) => part.grantedTo.includes(to)) ||
    (what.opened !== undefined && part.openings.includes(what.opened));
  const shown = !what.unapproved || (within(reach.unapproved.permitted) && !within(reach.unapproved.denied));
  return within(reach.permitted) && !within(reach.denied) && shown;
}

/** The first thing that an engine says otherwise than the rules; undefined where there is none in these cases. */
export function otherThanTheRules(engine: Engine, cases: readonly Case[]): string | undefined {
  const { contract, access, thing: things } = engine;
  const takes = (action: Action): readonly string[] => contract.actions[action];
  for (const { who, what, action } of cases) {
    const rights = access.rightsOf(who.decisions, who.groups, { operates: who.operates, scope: who.scope });
    const role = { id: 'r', name: 'Own', builtin: null };
    const sitting = { steps: [], proven: true, identitiesClosed: false } as const;
    const proven = {
      kind: 'person',
      by: 'token',
      credentialId: 'c',
      role,
      rights,
      address: '::1',
      ...sitting,
    } as const;
    const actor = { ...proven, ...me };
    const openings = what.opened === undefined ? [] : [what.opened];
    const thing = {
      ...{ accountId: what.accountId, namespaceId: what.namespaceId, unapproved: what.unapproved, exact: what.exact },
      ...{ studyId: 's', grantedTo: what.grants.map(([to]) => to), opening: what.opened, openings },
      ...(what.userId !== undefined && { userId: what.userId }),
    };
    const differs = (name: string, engineSays: unknown, rulesSay: unknown): string | undefined =>
      engineSays === rulesSay
        ? undefined
        : `${name} ${action}: the engine says ${engineSays}, the rules ${rulesSay}: ${JSON.stringify({ who, what })}`;
    const wide = contract.exchangeWide.has(action);
    const rule = mayDo(who, action, what, takes(action), wide);
    const isStudy = study.includes(action);
    const found =
      differs('may', access.may(actor, action, thing), rule) ??
      (isStudy ? outOfStudies() : undefined) ??
      differs('with a step to do', access.may({ ...actor, steps: ['enrol'] }, action, thing), false) ??
      differs('with a step to do', access.may({ ...actor, steps: ['accept-terms'] }, action), false) ??
      differs(
        'behind a locked screen',
        access.may({ ...actor, steps: ['unlock'] }, action, thing),
        contract.behindTheLock.includes(action) && rule,
      ) ??
      differs('visitor', access.may({ kind: 'visitor', address: '::1' }, action, thing), false) ??
      byLink() ??
      outOfPermissions();
    if (found !== undefined) return found;

    function outOfStudies(): string | undefined {
      const row = {
        ...{ id: 's', accountId: what.accountId, namespaceId: what.namespaceId, unapproved: what.unapproved },
        grants: what.grants,
        openings: [
          ...(what.othersOpened === undefined ? [] : [['you', what.othersOpened]]),
          ...openings.map((kind) => ['me', kind]),
        ],
      } as unknown as Parameters<Engine['thing']['extentOf']>[2];
      const madeBy = what.userId;
      const some = things.extentOf(actor, action, row, { madeBy, exact: what.exact });
      const told = some === undefined ? 'nothing' : some === 'whole' ? 'whole' : [...some].sort().join();
      const reached = what.accountId === 'own' && what.userId === undefined;
      const seen = action === 'study.view' || action === 'study.search' ? action : undefined;
      return (
        differs('extent', told, extent(who, action, what, takes(action))) ??
        (reached
          ? differs('reach', isIn(access.reachOf(actor, action, { exact: what.exact }), what), rule)
          : undefined) ??
        (seen ? differs('identity', access.mayIdentify(actor, seen, thing), maySeeWho(who, seen, what)) : undefined)
      );
    }

    function byLink(): string | undefined {
      const visit = {
        kind: 'link',
        linkId: 'l',
        visitId: 'v',
        accountId: 'own',
        studyId: 's',
        address: '::1',
      } as const;
      for (const download of [true, false])
        for (const studyId of ['s', 't']) {
          const opens = action === 'study.view' || (download && action === 'study.download');
          const own = what.accountId === 'own' && studyId === 's';
          const says = access.may({ ...visit, download }, action, { ...thing, studyId });
          const found = differs('by a link', says, opens && own);
          if (found !== undefined) return found;
        }
      return undefined;
    }

    function outOfPermissions(): string | undefined {
      const mine = who.decisions;
      const theirs = who.groups[0]?.decisions ?? {};
      const names = contract.allPermissions.filter((name) => name.startsWith(action));
      const wanted = names.filter((name) => handsOutMore(mine, theirs, name) && (!wide || who.operates));
      const extra = contract.beyond(mine, theirs, who.operates).filter((name: Permission) => name.startsWith(action));
      return (
        names
          .map((name) => differs(`permits ${name}`, contract.permits(mine, name), permitted(mine, name)))
          .find((one) => one !== undefined) ??
        differs('beyond', extra.join(), wanted.join()) ??
        names
          .map((name) =>
            differs(`together ${name}`, contract.together([mine, theirs])[name], summed([mine, theirs], name)),
          )
          .find((one) => one !== undefined)
      );
    }
  }
  return undefined;
}
